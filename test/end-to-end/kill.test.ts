import { setTimeout as delay } from 'node:timers/promises'
import {
  CatalogWatch,
  type ExecutionSeen,
  listAt,
  runSaved,
  saveFlow,
  silent,
  textAt,
  valueAt,
  whenExecution,
} from '@pinion/tools/demo'
import { describe, expect, test } from 'vitest'
import { requestMariadb } from '../services/index.ts'
import { echoFlow, echoTarball } from './echo-plugin.ts'
import { LiveServer } from './live-server.ts'
import { newDatabase } from './mariadb-database.ts'

const NAME = '@kill/plugin-echo'
const UPLOADED = 'plugin-uploaded'
/** Every third version comes as a file, the others by the registry. */
const UPLOAD_EVERY = 3
/** Milliseconds within which a publish comes, is installed, and is live; kills are spread over it. */
const SPAN_MS = 150
const LANES = 2

const mariadb = await requestMariadb()

describe('kill -9 of the whole server while a version is published, installed and activated', () => {
  test('on SQLite leaves each version wholly there or wholly not, and loses no execution', {
    timeout: 180_000,
  }, async () => {
    await using server = await LiveServer.start()
    await killAgainAndAgain(server, 10)
  })

  test.skipIf(mariadb === undefined)(
    'on MariaDB as well (skipped where mariadbd is not installed)',
    {
      timeout: 180_000,
    },
    async () => {
      await using server = await LiveServer.start(await newDatabase(mariadb!))
      await killAgainAndAgain(server, 5)
    },
  )
})

async function killAgainAndAgain(server: LiveServer, rounds: number): Promise<void> {
  const token = await server.tokenOf(server.apiOf('edith'))
  const stage = () => ({ api: server.api, teller: silent })
  await publishLive(server, token, '1.0.0')
  await saveFlow(stage(), echoFlow('steady', NAME, '1.0.0', 50))

  for (let round = 1; round <= rounds; round++) {
    const version = `1.${round}.0`
    const first = await acknowledged(server)
    const lanes = Array.from({ length: LANES }, () => acknowledgedUntilKilled(server))
    const isUpload = round % UPLOAD_EVERY === 0
    const change = isUpload ? upload(server, version) : server.publish(token, { name: NAME, version })
    const answer = change.catch(() => undefined)
    // The moment is the point: it goes through all that happens, and never twice the same way.
    await delay(((round - 1 + Math.random()) * SPAN_MS) / rounds)
    await kill(server, round)
    const wasAnswered = (await answer) === (isUpload ? 200 : 201)
    const ids = [first, ...(await Promise.all(lanes)).flat()]

    await server.startAgain()
    if (isUpload) await uploadHoldsWholly(server, version, wasAnswered)
    else await publishHoldsWholly(server, token, version, wasAnswered)
    const ended = await Promise.all(ids.map((id) => whenExecution(stage(), id, hasEnded)))
    expect(ended.map(({ state }) => state).filter((state) => state !== 'SUCCESS')).toEqual([])
  }
}

/** Every other time only the server itself, as when the kernel is out of memory: its children are left behind. */
async function kill(server: LiveServer, round: number): Promise<void> {
  if (round % 2 === 0) await server.process.kill()
  else await server.process.killAlone()
}

/** Starts executions, one after the other, until the server is gone. @returns the ids that it answered */
async function acknowledgedUntilKilled(server: LiveServer): Promise<readonly string[]> {
  const ids: string[] = []
  for (;;) {
    try {
      ids.push(await acknowledged(server))
    } catch {
      return ids
    }
  }
}

async function acknowledged({ api }: LiveServer): Promise<string> {
  return textAt(await api.expect('POST', '/api/v1/main/executions/company.test/steady'), 'id')
}

/** In the registry if and only if it is live; there for certain if the publisher was told so. */
async function publishHoldsWholly(
  server: LiveServer,
  token: string,
  version: string,
  wasAnswered: boolean,
): Promise<void> {
  const packument = await server.api.expect('GET', `/registry/${NAME.replace('/', '%2f')}`, { token })
  const published = Object(valueAt(packument, 'versions'))[version]
  const record = await installedVersion(server, NAME, version)
  if (published === undefined) {
    expect(wasAnswered).toBe(false)
    expect(record).toBeUndefined()
    await publishLive(server, token, version)
  } else {
    expect(record).toMatchObject({ state: 'ACTIVE', integrity: textAt(published, 'dist.integrity') })
  }
  await runs(server, NAME, version)
}

/** Installed or not at all; for certain if whoever uploaded it was told so. */
async function uploadHoldsWholly(server: LiveServer, version: string, wasAnswered: boolean): Promise<void> {
  const record = await installedVersion(server, UPLOADED, version)
  if (record === undefined) {
    expect(wasAnswered).toBe(false)
    expect(await upload(server, version)).toBe(200)
  } else expect(record).toMatchObject({ state: 'ACTIVE', repository: 'upload' })
  await runs(server, UPLOADED, version)
}

async function runs({ api }: LiveServer, name: string, version: string): Promise<void> {
  const stage = { api, teller: silent }
  await saveFlow(stage, echoFlow('probe', name, version))
  expect(await runSaved(stage, 'company.test/probe')).toMatchObject({
    state: 'SUCCESS',
    taskRuns: [{ outputs: { version } }],
  })
}

/** @returns the status of the answer */
async function upload({ api }: LiveServer, version: string): Promise<number> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(echoTarball({ name: UPLOADED, version }))]), 'plugin.tgz')
  return (await api.request('POST', '/api/v1/instance/versioned-plugins/upload', { form })).status
}

async function publishLive(server: LiveServer, token: string, version: string): Promise<void> {
  await using watch = await CatalogWatch.open({ api: server.api, teller: silent })
  expect(await server.publish(token, { name: NAME, version })).toBe(201)
  await watch.whenActive(NAME, version)
}

async function installedVersion({ api }: LiveServer, name: string, version: string): Promise<unknown> {
  const packages = listAt(await api.get('/api/v1/instance/versioned-plugins'), 'results')
  const found = packages.find((each) => valueAt(each, 'packageName') === name)
  const versions = found === undefined ? [] : listAt(found, 'installed')
  return versions.find((each) => valueAt(each, 'version') === version)
}

function hasEnded({ state }: ExecutionSeen): boolean {
  return state !== 'CREATED' && state !== 'RUNNING'
}
