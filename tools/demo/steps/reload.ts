import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildPlugin } from '@pinion/plugin-sdk/build'
import { packPlugin } from '../../build/index.ts'
import { CatalogWatch } from '../catalog-watch.ts'
import { CLOCK, change, PARSE, setVersion } from '../clock-plugin.ts'
import { ExecutionLoop } from '../execution-loop.ts'
import {
  type ExecutionSeen,
  readExecution,
  runSaved,
  saveFlow,
  startSaved,
  versionsOf,
  whenExecution,
} from '../executions.ts'
import { hostMemoryBytes, settledHostMemory } from '../host-memory.ts'
import { publishByApi } from '../publish-by-api.ts'
import type { Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'

const LANES = 2
/** Executions before and after the change. */
const ENOUGH = 100
/** Milliseconds. An execution of the loop that took longer would be noticed by a person. */
const NOTICEABLE_MS = 1000
/** Milliseconds that a task stays in flight: longer than what happens meanwhile. */
const HOLD_MS = 3000
const MEGABYTE = 1024 * 1024
/** What the heavy version keeps in memory: 3 million numbers of 8 bytes. */
const BALLAST = 'const ballast = Array.from({ length: 3_000_000 }, (_, index) => index + 0.5)\n'
const BALLAST_BYTES = 20 * MEGABYTE

export const reload: Scene = {
  title: '6. Hot reload',
  async play(stage) {
    await saveFlow(stage, flow('loop', 0))
    await saveFlow(stage, flow('hold', HOLD_MS))
    await publishUnderLoad(stage)
    await uninstallAndFree(stage)
  },
}

async function publishUnderLoad(stage: Stage): Promise<void> {
  const { proofs, api, projectDir } = stage
  await setVersion(projectDir, '2.1.0')
  await buildPlugin(projectDir)
  const tarball = await readFile(await packPlugin(projectDir, stage.root))
  const token = await stage.registryToken()
  await using watch = await CatalogWatch.open(stage)
  const loop = new ExecutionLoop(stage, 'company.reload/loop', LANES)
  await loop.whenRan('2.0.0', ENOUGH)

  const heldId = await startSaved(stage, 'company.reload/hold')
  await whenExecution(stage, heldId, isInFlight)
  stage.teller.command(`PUT /registry/${CLOCK}  2.1.0, while ${LANES} lanes of executions run`)
  await publishByApi(api, token, { name: CLOCK, version: '2.1.0', tarball })
  const answeredAtMs = performance.now()
  const liveAtMs = await watch.whenActive(CLOCK, '2.1.0')
  const heldWhenLive = readExecution(await api.get(`/api/v1/main/executions/${heldId}`))
  await loop.whenRan('2.1.0', ENOUGH)
  const ran = await loop.stop()
  const heldRun = await whenExecution(stage, heldId, hasEnded)

  const failed = ran.filter(({ state }) => state !== 'SUCCESS')
  proofs.equal('no execution of the loop failed', failed, [])
  const slowestMs = Math.max(...ran.map(({ tookMs }) => tookMs))
  proofs.that('none was delayed noticeably', slowestMs < NOTICEABLE_MS, told(ran.map(({ tookMs }) => tookMs)))
  const afterLive = ran.filter(({ startedAtMs }) => startedAtMs > liveAtMs)
  proofs.equal(
    'each that started after the version was live ran on it',
    [...new Set(afterLive.map(({ version }) => version))],
    ['2.1.0'],
  )
  const waitedMs = Math.max(0, liveAtMs - answeredAtMs)
  proofs.that('from published to live', waitedMs < NOTICEABLE_MS, `${waitedMs.toFixed(0)} ms`)
  proofs.that('a task was in flight then', isInFlight(heldWhenLive))
  proofs.equal('and ended on the code that it started with', versionsOf(heldRun), { a: '2.0.0' })
}

async function uninstallAndFree(stage: Stage): Promise<void> {
  const { proofs, projectDir, server } = stage
  const before = await hostMemoryBytes(server.pid)
  await setVersion(projectDir, '2.2.0')
  const code = join(projectDir, 'src/Parse.ts')
  await change(code, (text) =>
    text
      .replace('export default', `${BALLAST}\nexport default`)
      .replace('label,\n', 'label: label + ballast.at(-1),\n'),
  )
  await using watch = await CatalogWatch.open(stage)
  const editor = await stage.registryToken()
  await stage.npm(['publish'], { cwd: projectDir, token: editor })
  await watch.whenActive(CLOCK, '2.2.0')
  proofs.equal('the newest version runs next', versionsOf(await runSaved(stage, 'company.reload/loop')), {
    a: '2.2.0',
  })
  const loaded = await hostMemoryBytes(server.pid)
  proofs.that('it takes memory', loaded > before + BALLAST_BYTES, megabytes(before, loaded))

  const heldId = await startSaved(stage, 'company.reload/hold')
  await whenExecution(stage, heldId, isInFlight)
  await stage.pinion(['plugins', 'uninstall', `${CLOCK}@2.2.0`])
  proofs.equal(
    'what is uninstalled is not chosen again',
    versionsOf(await runSaved(stage, 'company.reload/loop')),
    {
      a: '2.1.0',
    },
  )
  const heldRun = await whenExecution(stage, heldId, hasEnded)
  proofs.equal(
    'it drains: that task ended on its code',
    [heldRun.state, versionsOf(heldRun)['a']],
    ['SUCCESS', '2.2.0'],
  )
  await watch.whenRemoved(CLOCK, '2.2.0')
  const limit = loaded - BALLAST_BYTES
  const freed = await settledHostMemory(server.pid, (bytes) => bytes < limit, 10_000)
  proofs.that('then its memory is free again', freed < limit, megabytes(loaded, freed))
  await change(code, (text) =>
    text.replace(`${BALLAST}\n`, '').replace('label: label + ballast.at(-1),\n', 'label,\n'),
  )
}

function isInFlight({ taskRuns: [first] }: ExecutionSeen): boolean {
  return first?.state === 'RUNNING'
}

function hasEnded({ state }: ExecutionSeen): boolean {
  return state !== 'CREATED' && state !== 'RUNNING'
}

function flow(id: string, holdMs: number): string {
  return `id: ${id}\nnamespace: company.reload\ntasks: [{ id: a, type: ${PARSE}, text: 1h, holdMs: ${holdMs} }]\n`
}

function told(tookMs: readonly number[]): string {
  const sorted = tookMs.toSorted((a, b) => a - b)
  const at = (part: number) => `${(sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(0)} ms`
  return `${tookMs.length} executions: half within ${at(0.5)}, 99 % within ${at(0.99)}, all within ${at(1)}`
}

function megabytes(from: number, to: number): string {
  return `${(from / MEGABYTE).toFixed(0)} MB, then ${(to / MEGABYTE).toFixed(0)} MB`
}
