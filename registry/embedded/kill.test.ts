import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { objectOrEmpty } from '../json-value.ts'
import { LiveRegistry } from '../testing/live-registry.ts'
import { packageTarball } from '../testing/tarballs.ts'

const KILLS = 30
let live: LiveRegistry
beforeAll(async () => {
  live = await LiveRegistry.start({ anonymousRead: true })
})
afterAll(() => live[Symbol.asyncDispose]())

/** Half into one package that grows, half into packages of their own: their first version takes another way. */
function nameOf(round: number): string {
  return round % 2 === 0 ? '@killed/grows' : `@killed/new-${round}`
}

test('a version is wholly there or can be published again, whenever the process is killed', {
  timeout: 180_000,
}, async () => {
  const outcomes = { stored: 0, notStored: 0, acknowledged: 0 }
  const usualMs = await usualPublishMs()
  for (let round = 0; round < KILLS; round += 1) {
    const name = nameOf(round)
    const version = `1.0.${round}`
    const bytes = packageTarball(name, version, { blob: randomBytes(200_000).toString('base64') })
    const publishing = live.publish(name, version, 'alice', bytes).then(
      (response) => response.status,
      () => undefined,
    )
    // Spread over a publish, and a little beyond its end.
    await delay((round / KILLS) * usualMs * 1.3)
    await kill()
    const status = await publishing
    await live.registry.start()

    const isStored = await holds(name, version)
    outcomes[isStored ? 'stored' : 'notStored'] += 1
    if (status === 201) {
      outcomes.acknowledged += 1
      expect(isStored).toBe(true)
    }
    expect((await live.publish(name, version, 'alice', bytes)).status).toBe(isStored ? 409 : 201)
    expect(await tarballOf(name, version)).toEqual(bytes)
  }
  // The kills did fall on both sides of the moment that counts.
  expect(outcomes.stored).toBeGreaterThan(0)
  expect(outcomes.notStored).toBeGreaterThan(0)
  expect(await readdir(join(live.dataDir, 'registry/incoming'))).toEqual([])
  const { packages } = await live.registry.listAll()
  expect(packages.flatMap((each) => each.versions)).toHaveLength(KILLS + WARM_UPS)
  for (const each of packages.filter((found) => found.name !== 'warm')) {
    const files = await readdir(join(live.dataDir, 'registry/packages', each.name))
    expect(files).toHaveLength(each.versions.length + 1)
    expect(each.distTags['latest']).toBe(each.versions.at(-1)?.version)
  }
})

const WARM_UPS = 10

async function usualPublishMs(): Promise<number> {
  const blob = randomBytes(200_000).toString('base64')
  let lastMs = 0
  for (let index = 0; index < WARM_UPS; index += 1) {
    const startedAtMs = performance.now()
    const bytes = packageTarball('warm', `1.0.${index}`, { blob })
    await live.publish('warm', `1.0.${index}`, 'alice', bytes)
    lastMs = performance.now() - startedAtMs
  }
  return lastMs
}

async function kill(): Promise<void> {
  const { pid } = live.registry
  if (pid === undefined) throw new Error('The registry does not run.')
  const died = new Promise<void>((resolve) => {
    const stop = live.registry.on('died', () => {
      stop()
      resolve()
    })
  })
  process.kill(pid, 'SIGKILL')
  await died
}

/** Wholly: the packument names it, and its tag, and its tarball is served. */
async function holds(name: string, version: string): Promise<boolean> {
  const response = await live.fetch(name.replace('/', '%2f'), undefined)
  if (response.status === 404) return false
  const packument = objectOrEmpty(await response.json())
  if (!Object.hasOwn(objectOrEmpty(packument['versions']), version)) return false
  expect(objectOrEmpty(packument['dist-tags'])['latest']).toBe(version)
  expect((await tarballOf(name, version)).length).toBeGreaterThan(0)
  return true
}

async function tarballOf(name: string, version: string): Promise<Buffer> {
  const base = name.slice(name.indexOf('/') + 1)
  const response = await live.fetch(`${name}/-/${base}-${version}.tgz`, undefined)
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}
