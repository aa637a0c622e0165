import { expect, test } from 'vitest'
import { ExecutionState, type ExecutionView } from '../execution-state.ts'
import { createPlan, type PlanTask } from '../plan/plan.ts'
import { flowable, Harness, task } from '../testing/harness.ts'

/** Counts what a reduction looks at; going through the unfinished task runs counts each of them. */
function counting(state: ExecutionState): { readonly view: ExecutionView; readonly looks: () => number } {
  let looks = 0
  const view: ExecutionView = {
    get execution() {
      return state.execution
    },
    get plan() {
      return state.plan
    },
    get openAttempts() {
      return state.openAttempts
    },
    get taskRunCount() {
      return state.taskRunCount
    },
    get unfinished() {
      looks += state.unfinished.size
      return state.unfinished
    },
    taskRun: (taskRunId) => {
      looks++
      return state.taskRun(taskRunId)
    },
    childOf: (parentTaskRunId, taskId) => {
      looks++
      return state.childOf(parentTaskRunId, taskId)
    },
    progressOf: (parentTaskRunId) => {
      looks++
      return state.progressOf(parentTaskRunId)
    },
  }
  return { view, looks: () => looks }
}

/** A loop with a group and a condition in each iteration: six task runs each. */
function loop(limit: number): PlanTask {
  const group = flowable('group', { kind: 'sequential', tasks: [task('a'), task('b')], allowsFailure: false })
  const check = flowable('check', { kind: 'if', whenTrue: [task('c')], whenFalse: [] })
  return flowable('each', { kind: 'forEach', tasks: [group, check, task('d')], limit, isParallel: false })
}

/** @returns how much was looked at for each task run, and the most task runs that memory held as unfinished */
function runLoop(
  count: number,
  limit: number,
): { readonly looksEach: number; readonly mostUnfinished: number } {
  const run = new Harness(createPlan({ tasks: [loop(limit)] }))
  const values = Array.from({ length: count }, (_, index) => String(index))
  const { view, looks } = counting(run.state)
  run.view = view
  let mostUnfinished = 0
  run.run(
    () => {
      mostUnfinished = Math.max(mostUnfinished, run.state.unfinished.size)
      return 'SUCCESS'
    },
    ({ taskId }) => ({
      type: 'enter',
      outputs: taskId === 'each' ? { values } : { evaluationResult: true },
    }),
  )
  expect(run.rows.execution.state).toBe('SUCCESS')
  expect(run.rows.taskRuns.size).toBe(1 + 6 * count)
  return { looksEach: looks() / run.rows.taskRuns.size, mostUnfinished }
}

test.each([1, 10, 0])(
  'a loop of 10,000 looks at as much for each task run as one of 100, with the limit %i',
  (limit) => {
    const small = runLoop(100, limit)
    const large = runLoop(10_000, limit)
    expect(large.looksEach).toBeLessThan(1.05 * small.looksEach)
    if (limit > 0) expect(large.mostUnfinished).toBe(small.mostUnfinished)
  },
)

test('the rows of a loop of 10,000 are brought back into memory in one pass', () => {
  const run = new Harness(createPlan({ tasks: [loop(0)] }))
  const values = Array.from({ length: 10_000 }, (_, index) => String(index))
  run.send({ type: 'advance', atMs: 1 })
  run.decide(run.take('evaluate')!, { type: 'enter', outputs: { values } })
  const rebuilt = new ExecutionState(run.plan, run.rows.execution, run.rows.taskRuns.values())
  const [each] = run.rows.taskRuns.keys()
  expect(rebuilt.progressOf(each)).toEqual({
    started: 10_000,
    active: 10_000,
    hasFailed: false,
    hasWarned: false,
  })
  expect(rebuilt.openAttempts).toBe(10_000)
})
