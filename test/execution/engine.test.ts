import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionRepository } from '@pinion/core/execution'
import { StoreError, type StoreOptions } from '@pinion/core/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestMariadb } from '../services/index.ts'
import { openRunningEngine, type RunningEngine } from './running-engine.ts'

const RETURN = 'type: io.kestra.plugin.core.debug.Return'
const FAIL = 'type: io.kestra.plugin.core.execution.Fail'
const SLEEP = 'type: io.kestra.plugin.core.flow.Sleep'

describeEngine('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pinion-engine-test-'))
  return {
    store: { client: 'sqlite', file: join(folder, 'pinion.db') },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
})

const mariadb = await requestMariadb()
if (mariadb === undefined) {
  test.skip('the engine on MariaDB (skipped: mariadbd is not installed)', () => {})
} else {
  const { socketPath, user, password } = mariadb
  describeEngine('MariaDB', async () => {
    const database = await mariadb.createDatabase()
    return {
      store: { client: 'mysql', socketPath, user, password, database },
      remove: () => mariadb.dropDatabase(database),
    }
  })
}

function describeEngine(
  name: string,
  open: () => Promise<{ store: StoreOptions; remove(): Promise<void> }>,
): void {
  describe(`the engine on ${name}`, () => {
    let database: { store: StoreOptions; remove(): Promise<void> }
    let running: RunningEngine
    /** What the next commits answer instead of writing. */
    const failures: Error[] = []

    beforeAll(async () => {
      database = await open()
      running = await openRunningEngine({
        store: database.store,
        wrap: (executions) => failing(executions, failures),
      })
    })
    afterAll(async () => {
      await running?.[Symbol.asyncDispose]()
      await database?.remove()
    })

    test('runs tasks in order, hands outputs on, and renders the outputs of the flow', async () => {
      await running.save(
        'outputs',
        `tasks:
  - { id: first, ${RETURN}, format: "one" }
  - { id: second, ${RETURN}, format: "{{ outputs.first.value }} two" }
outputs:
  - { id: text, type: STRING, value: "{{ outputs.second.value }}" }
`,
      )
      const { execution, taskRuns } = await running.run('outputs')
      expect(execution).toMatchObject({ state: 'SUCCESS', outputs: { text: 'one two' } })
      expect(taskRuns.map((run) => run.plugin?.packageName)).toEqual([
        '@pinion/plugin-core',
        '@pinion/plugin-core',
      ])
      const stored = await running.store.executions.listTaskRuns('main', execution.executionId)
      expect(stored).toEqual(taskRuns)
    })

    test('an expression that fails names the task, and the execution fails', async () => {
      await running.save('undefined', `tasks:\n  - { id: bad, ${RETURN}, format: "{{ inputs.nope }}" }\n`)
      const { execution, taskRuns } = await running.run('undefined')
      expect(execution.state).toBe('FAILED')
      expect(taskRuns[0]?.attempts[0]?.error).toMatchObject({ code: 'TASK_EXPRESSION_FAILED' })
      await running.engine.flush()
      const logs = await running.store.logs.list({
        tenant: 'main',
        executionId: execution.executionId,
        limit: 10,
        offset: 0,
      })
      expect(logs.map(({ level }) => level)).toEqual(['ERROR'])
    })

    test('retries as the policy says, then runs errors and finally', async () => {
      await running.save(
        'retries',
        `tasks:
  - { id: bad, ${FAIL}, retry: { type: constant, interval: PT0.02S, maxAttempts: 3 } }
errors:
  - { id: alarm, ${RETURN}, format: "{{ tasks.bad.state }}" }
finally:
  - { id: last, ${RETURN}, format: "{{ execution.state }}" }
`,
      )
      const { execution, taskRuns } = await running.run('retries')
      expect(execution.state).toBe('FAILED')
      expect(taskRuns.map(({ taskId, attempts }) => [taskId, attempts.length])).toEqual([
        ['bad', 3],
        ['alarm', 1],
        ['last', 1],
      ])
      expect(taskRuns.map(({ outputs }) => outputs)).toEqual([
        undefined,
        { value: 'FAILED' },
        { value: 'RUNNING' },
      ])
    })

    test('a timeout ends the attempt by name', async () => {
      await running.save('slow', `tasks:\n  - { id: nap, ${SLEEP}, duration: PT30S, timeout: PT0.2S }\n`)
      const { execution, taskRuns } = await running.run('slow')
      expect(execution.state).toBe('FAILED')
      expect(taskRuns[0]?.attempts[0]?.error?.code).toBe('PLUGIN_TIMEOUT')
    })

    test('a kill stops what runs and starts nothing more', async () => {
      await running.save(
        'killed',
        `tasks:\n  - { id: nap, ${SLEEP}, duration: PT30S }\n  - { id: never, ${RETURN}, format: x }\n`,
      )
      const executionId = await running.start('killed')
      const isRunning = Promise.withResolvers<void>()
      const stop = running.engine.subscribe(executionId, ({ taskRuns }) => {
        if (taskRuns[0]?.state === 'RUNNING') isRunning.resolve()
      })
      await isRunning.promise
      stop()
      await running.engine.kill('main', executionId)
      const { execution, taskRuns } = await running.whenEnded(executionId)
      expect(execution.histories.map(({ state }) => state)).toEqual([
        'CREATED',
        'RUNNING',
        'KILLING',
        'KILLED',
      ])
      expect(taskRuns.map(({ taskId, state }) => [taskId, state])).toEqual([['nap', 'KILLED']])
      await expect(running.engine.kill('main', executionId)).rejects.toMatchObject({
        code: 'EXECUTION_STATE_CONFLICT',
      })
    })

    test('a bad input leaves no execution behind', async () => {
      await running.save(
        'inputs',
        `inputs:\n  - { id: count, type: INT }\ntasks:\n  - { id: a, ${RETURN}, format: "{{ inputs.count }}" }\n`,
      )
      const request = {
        tenant: 'main',
        namespace: 'company.team',
        flowId: 'inputs',
        inputs: { count: 'many', more: '1' },
      }
      await expect(running.engine.create(request)).rejects.toMatchObject({
        code: 'EXECUTION_INPUT_INVALID',
        problems: [{ path: 'more' }, { path: 'count' }],
      })
      const { total } = await running.store.executions.search({
        tenant: 'main',
        flowId: 'inputs',
        limit: 1,
        offset: 0,
      })
      expect(total).toBe(0)
    })

    test('many at once share transactions, and every one ends', async () => {
      await running.save(
        'many',
        `tasks:\n  - { id: a, ${RETURN}, format: "{{ execution.id }}" }\n  - { id: b, ${RETURN}, format: "{{ outputs.a.value }}" }\n`,
      )
      const ids = await Promise.all(Array.from({ length: 300 }, () => running.start('many')))
      const ends = await Promise.all(ids.map(running.whenEnded))
      expect(new Set(ends.map(({ execution }) => execution.state))).toEqual(new Set(['SUCCESS']))
      expect(ends.map(({ taskRuns }) => taskRuns[1]?.outputs)).toEqual(ids.map((value) => ({ value })))
    })

    test('a store that is away for a while costs time, and nothing else', async () => {
      const away = () => new StoreError('STORE_UNREACHABLE', 'The database does not answer.')
      failures.push(away(), away(), away())
      const { execution } = await running.run('many')
      expect(execution.state).toBe('SUCCESS')
      expect(failures).toEqual([])
    })

    test('a row that the store refuses costs one execution, not those that share its transaction', async () => {
      await running.save('large', `tasks:\n  - { id: a, ${RETURN}, format: "{{ 'x' }}" }\n`)
      // The whole batch is refused first; taken one by one, only the first share still is.
      const refused = () => new StoreError('STORE_VALUE_TOO_LARGE', 'A value is too large.')
      failures.push(refused(), refused())
      const starts = await Promise.allSettled([
        running.start('large'),
        running.start('large'),
        running.start('large'),
      ])
      expect(starts.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
      for (const start of starts) {
        if (start.status === 'fulfilled')
          expect((await running.whenEnded(start.value)).execution.state).toBe('SUCCESS')
      }
    })
  })
}

/** Answers the next commits with what stands in `failures`. */
function failing(executions: ExecutionRepository, failures: Error[]): ExecutionRepository {
  return new Proxy(executions, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver)
      if (name !== 'commit' || typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        const failure = failures.shift()
        if (failure) throw failure
        return Reflect.apply(value, target, args)
      }
    },
  })
}
