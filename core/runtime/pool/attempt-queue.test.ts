import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AttemptQueue } from './attempt-queue.ts'

const operation = fc.oneof(
  fc.record({ do: fc.constant('push' as const), item: fc.nat() }),
  fc.record({ do: fc.constant('shift' as const) }),
  fc.record({ do: fc.constant('unshift' as const), items: fc.array(fc.nat(), { maxLength: 5 }) }),
  fc.record({ do: fc.constant('delete' as const), item: fc.nat() }),
)

test('a queue does what an array would do', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), fc.nat({ max: 3_000 }), (operations, warmUp) => {
      const queue = new AttemptQueue<number>()
      const model: number[] = []
      // Past the length from which the queue cuts its head off.
      for (let index = 0; index < warmUp; index++) queue.push(index)
      for (let index = 0; index < warmUp; index++) queue.shift()
      for (const step of operations) {
        switch (step.do) {
          case 'push':
            queue.push(step.item)
            model.push(step.item)
            break
          case 'shift':
            expect(queue.shift()).toBe(model.shift())
            break
          case 'unshift':
            queue.unshift(step.items)
            model.unshift(...step.items)
            break
          default: {
            const at = model.indexOf(step.item)
            expect(queue.delete(step.item)).toBe(at >= 0)
            if (at >= 0) model.splice(at, 1)
          }
        }
        expect(queue.size).toBe(model.length)
        expect(queue.peek()).toBe(model[0])
      }
      expect(queue.takeAll()).toEqual(model)
    }),
  )
})
