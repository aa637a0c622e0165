import { EventEmitter, once } from 'node:events'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BuildFault, BuildResult } from '@pinion/plugin-sdk/build'
import { scaffoldPlugin } from '@pinion/plugin-sdk/scaffold'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runDevSession } from './dev-session.ts'

const TASK = 'src/Reverse.ts'

let directory: string
let stop: AbortController
let ended: Promise<void>
/** `live` with the code, `refused` with the faults, `rejected` with the error, `typed` with the faults. */
let told: EventEmitter
let pushed: string[]
let push: (result: BuildResult) => Promise<void>

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pinion-dev-'))
  await scaffoldPlugin({
    directory,
    name: '@acme/plugin-text',
    title: 'Text',
    group: 'com.acme.plugin.text',
    description: 'Works on texts.',
    registryUrl: 'http://localhost:8080/registry/',
  })
  stop = new AbortController()
  told = new EventEmitter()
  pushed = []
  push = async () => undefined
})

afterEach(async () => {
  stop.abort()
  await ended
  await rm(directory, { recursive: true, force: true })
})

function start(): void {
  ended = runDevSession(
    directory,
    async (result) => {
      pushed.push(Buffer.from(result.bundle).toString('utf8'))
      await push(result)
    },
    {
      live: (_result, tookMs) => told.emit('live', pushed.at(-1), tookMs),
      refused: (faults) => told.emit('refused', faults),
      rejected: (error) => told.emit('rejected', error),
      typed: (faults) => told.emit('typed', faults),
    },
    stop.signal,
  )
}

async function nextLive(): Promise<string> {
  const [code] = await once(told, 'live')
  return code
}

async function nextFaults(event: 'refused' | 'typed'): Promise<readonly BuildFault[]> {
  const [faults] = await once(told, event)
  return faults
}

function taskText(value: string): string {
  return `import { defineTask } from '@pinion/plugin-sdk'
import type { Outputs, Properties } from './Reverse.gen.ts'

export default defineTask<Properties, Outputs>({ run: () => ({ value: ${value} }) })
`
}

const save = (path: string, text: string) => writeFile(join(directory, path), text)

test('the project as it stands is pushed first, then each save', async () => {
  start()
  expect(await nextLive()).toContain('Intl.Segmenter')
  const live = nextLive()
  await save(TASK, taskText('"first save"'))
  expect(await live).toContain('"first save"')
})

test('a save that an editor makes in two steps is never built half', async () => {
  start()
  await nextLive()
  const live = nextLive()
  const file = await open(join(directory, TASK), 'w')
  await new Promise((resolve) => setImmediate(resolve))
  await file.writeFile(taskText('"whole"'))
  await file.close()
  expect(await live).toContain('"whole"')
  expect(pushed).toHaveLength(2)
})

test('saves that come while one is pushed are taken together by the next', async () => {
  start()
  await nextLive()
  const pushing = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  push = () => {
    pushing.resolve()
    return release.promise
  }
  const first = nextLive()
  await save(TASK, taskText('"first"'))
  await pushing.promise
  await save(TASK, taskText('"second"'))
  await save(TASK, taskText('"third"'))
  release.resolve()
  await first
  expect(await nextLive()).toContain('"third"')
  expect(pushed.some((code) => code.includes('"second"'))).toBe(false)
})

test('code that does not build is told with its line and not pushed; the next save mends it', async () => {
  start()
  await nextLive()
  const refused = nextFaults('refused')
  await save(TASK, `${taskText('"broken"')}\nconst = 1\n`)
  expect(await refused).toMatchObject([{ file: TASK, line: 6 }])
  const live = nextLive()
  await save(TASK, taskText('"mended"'))
  expect(await live).toContain('"mended"')
  expect(pushed).toHaveLength(2)
})

test('what the server refuses is told, and the session goes on', async () => {
  push = () => Promise.reject(new Error('no'))
  start()
  expect(await once(told, 'rejected')).toMatchObject([{ message: 'no' }])
  push = async () => undefined
  const live = nextLive()
  await save(TASK, taskText('"taken"'))
  expect(await live).toContain('"taken"')
})

test('types are checked after the code is live, for the last save too', async () => {
  start()
  expect(await nextFaults('typed')).toEqual([])
  const live = nextLive()
  const typed = nextFaults('typed')
  await save(TASK, taskText('"good"'))
  await live
  // The check of the save before is under way.
  const liveAgain = nextLive()
  await save(TASK, taskText('5'))
  await liveAgain
  const first = await typed
  const last = first.length > 0 ? first : await nextFaults('typed')
  expect(last).toMatchObject([{ file: TASK, code: 'BUILD_TYPE_DISAGREEMENT' }])
})

test('a check of types that a save overtakes says nothing of code that is not live', async () => {
  const faults: BuildFault[] = []
  told.on('typed', (found: readonly BuildFault[]) => faults.push(...found))
  start()
  await nextLive()
  // The check of the first build is under way, and reads what is on disk.
  const refused = nextFaults('refused')
  await save(TASK, `${taskText('"broken"')}\nconst = 1\n`)
  await refused
  stop.abort()
  // The session waits for its check.
  await ended
  expect(faults).toEqual([])
})

test('a changed schema has its types generated, which is no change of its own', async () => {
  start()
  await nextLive()
  const path = join(directory, 'src/Reverse.schema.yaml')
  const schema = await readFile(path, 'utf8')
  const regenerated = once(told, 'live')
  await save('src/Reverse.schema.yaml', schema.replace('The text to reverse', 'What to reverse'))
  await regenerated
  expect(await readFile(join(directory, 'src/Reverse.gen.ts'), 'utf8')).toContain('What to reverse')
  const live = nextLive()
  await save(TASK, taskText('"later"'))
  expect(await live).toContain('"later"')
  expect(pushed).toHaveLength(3)
})
