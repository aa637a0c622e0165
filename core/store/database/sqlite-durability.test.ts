import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../open.ts'
import { Database } from './database.ts'
import { sql } from './query.ts'
import { createSqliteDriver } from './sqlite-driver.ts'

const ROUNDS = 5
// Lines of a round before the kill: a few, and some hundred, so that it hits start, checkpoints and steady work.
const LINES = [1, 7, 60, 200, 400]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinion-durability-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('every commit that was acknowledged is there after kill -9, and none in part', async () => {
  const file = join(folder, 'killed.db')
  const acknowledged: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'fixtures', 'commit-forever.ts'), file],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let lines = 0
    createInterface({ input: child.stdout }).on('line', (line) => {
      // A line cut short by the kill was not acknowledged.
      if (line.length === 22) acknowledged.push(line)
      if (++lines === LINES[round]) child.kill('SIGKILL')
    })
    await once(child, 'close')
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(LINES.reduce((sum, lines) => sum + lines, 0))

  const store = await openStore({ client: 'sqlite', file })
  for (const executionId of acknowledged) {
    expect(await store.executions.find('main', executionId), executionId).toMatchObject({ executionId })
  }
  const all = await store.executions.scanUnfinished(undefined, 1_000_000)
  for (const { executionId } of all) {
    // The fixture commits each execution with ten task runs.
    expect(await store.executions.listTaskRuns('main', executionId)).toHaveLength(10)
  }
  await store.close()
})

test.for([
  ['journal_mode', 'wal'],
  // FULL: in WAL mode, a commit is on the disk before it returns.
  ['synchronous', 2],
  ['foreign_keys', 1],
])('a connection has %s set', async ([name, value]) => {
  const database = new Database(createSqliteDriver(join(folder, 'settings.db')))
  const [row] = await database.read((session) => session.all(sql(`PRAGMA ${name}`)))
  expect(row).toEqual({ [String(name)]: value })
  await database.close()
})
