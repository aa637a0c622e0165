import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionSnapshot, TaskRunRecord } from '@pinion/core/execution'
import type { StoreOptions } from '@pinion/core/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRunningEngine, type RunningEngine } from '../execution/running-engine.ts'
import { requestMariadb } from '../services/index.ts'
import { type Expectation, type FlowCase, readFlowCases } from './flow-case.ts'

const CASES = readFlowCases(import.meta.dirname)

describeFlows('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pinion-flows-'))
  return {
    store: { client: 'sqlite', file: join(folder, 'pinion.db') },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
})

const mariadb = await requestMariadb()
if (mariadb === undefined) {
  test.skip('flows on MariaDB (skipped: mariadbd is not installed)', () => {})
} else {
  const { socketPath, user, password } = mariadb
  describeFlows('MariaDB', async () => {
    const database = await mariadb.createDatabase()
    return {
      store: { client: 'mysql', socketPath, user, password, database },
      remove: () => mariadb.dropDatabase(database),
    }
  })
}

function describeFlows(
  name: string,
  open: () => Promise<{ store: StoreOptions; remove(): Promise<void> }>,
): void {
  describe(`each flow does on ${name} what its file says`, () => {
    let database: { store: StoreOptions; remove(): Promise<void> }
    let running: RunningEngine

    beforeAll(async () => {
      database = await open()
      running = await openRunningEngine({ store: database.store })
    })
    afterAll(async () => {
      await running?.[Symbol.asyncDispose]()
      await database?.remove()
    })

    test.each(CASES)('$name', async (flowCase) => {
      for (const expectation of flowCase.expectations) {
        if (expectation.problems) await expectRefusal(running, flowCase, expectation.problems)
        else await expectRun(running, flowCase, expectation)
      }
    })
  })
}

async function expectRefusal(
  { flows }: RunningEngine,
  { source }: FlowCase,
  expected: readonly string[],
): Promise<void> {
  const { problems } = await flows.validate('main', source)
  const errors = problems.filter(({ severity }) => severity === 'error')
  expect(errors.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual(expected)
}

async function expectRun(running: RunningEngine, flowCase: FlowCase, expected: Expectation): Promise<void> {
  const { engine, flows, store } = running
  await flows.save({ userId: 'test', username: 'test', role: 'admin', tenant: 'main' }, flowCase.source)
  const executionId = await running.start(flowCase.flowId, expected.inputs)
  const signal = AbortSignal.timeout(20_000)
  const snapshot = await engine.waitForEnd('main', executionId, signal, 'settled')
  await engine.flush()
  const logs = await store.logs.list({ tenant: 'main', executionId, limit: 10_000, offset: 0 })
  const order = (texts: readonly string[]) => (expected.inAnyOrder ? texts.toSorted() : texts)
  const { execution, taskRuns } = snapshot

  if (expected.taskRuns) {
    const found = taskRuns.map((taskRun) => `${nameOf(taskRun)} ${taskRun.state}`)
    expect(order(found)).toEqual(order(expected.taskRuns))
  }
  if (expected.state) expect(execution.state).toBe(expected.state)
  if (expected.logs) {
    const messages = logs.filter(({ level }) => level === 'INFO').map(({ message }) => message)
    expect(order(messages)).toEqual(order(expected.logs))
  }
  if (expected.outputs) expect(execution.outputs).toEqual(expected.outputs)
  expectTaskRuns(snapshot, expected)
}

function expectTaskRuns({ taskRuns }: ExecutionSnapshot, expected: Expectation): void {
  const byName = new Map(taskRuns.map((taskRun) => [nameOf(taskRun), taskRun]))
  for (const [name, outputs] of Object.entries(expected.taskOutputs ?? {})) {
    expect({ [name]: byName.get(name)?.outputs }).toEqual({ [name]: outputs })
  }
  for (const [name, message] of Object.entries(expected.errors ?? {})) {
    expect(byName.get(name)?.attempts.at(-1)?.error?.message).toContain(message)
  }
  for (const [name, states] of Object.entries(expected.histories ?? {})) {
    expect(byName.get(name)?.histories.map(({ state }) => state)).toEqual(states.split(' '))
  }
  for (const [taskId, most] of Object.entries(expected.atOnce ?? {})) {
    expect({ [taskId]: mostAtOnce(taskRuns.filter((taskRun) => taskRun.taskId === taskId)) }).toEqual({
      [taskId]: most,
    })
  }
}

function nameOf({ taskId, value }: TaskRunRecord): string {
  return value === undefined ? taskId : `${taskId}[${value}]`
}

/** Each task run counts from its creation to its end; one that ends in the millisecond in which another begins is over. */
function mostAtOnce(taskRuns: readonly TaskRunRecord[]): number {
  const changes = taskRuns
    .flatMap(({ createdAtMs, endedAtMs }) => [
      { atMs: createdAtMs, by: 1 },
      { atMs: endedAtMs ?? Number.POSITIVE_INFINITY, by: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs || a.by - b.by)
  let now = 0
  return changes.reduce((most, { by }) => {
    now += by
    return Math.max(most, now)
  }, 0)
}
