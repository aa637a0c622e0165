import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { FolderStorage } from '../testing/folder-storage.ts'
import { openManagedFolder } from '../testing/managed-folder.ts'
import { bundleOf, filesOf, GROUP_SCOPES, openTarball, packFiles } from '../testing/plugin-package.ts'
import { TarballSource } from '../testing/tarball-source.ts'
import { VersionRows } from '../testing/version-rows.ts'
import type { InstallStep } from './parts.ts'
import { PluginManager } from './plugin-manager.ts'

const NAME = '@acme/plugin-echo'
const SAY = 'io.acme.echo.Say'
const WORKER = new URL('../testing/crashing-installer.ts', import.meta.url)

const INSTALL_STEPS: readonly InstallStep[] = [
  'downloaded',
  'inspected',
  'kept',
  'archived',
  'staged',
  'loaded',
  'activated',
]
const REMOVAL_STEPS: readonly InstallStep[] = [
  'draining',
  'drained',
  'bundle-dropped',
  'archive-dropped',
  'removed',
]

describe('kill -9 of the process that manages plugins', () => {
  test.each(INSTALL_STEPS)('after "%s" leaves the version wholly there or wholly not', async (step) => {
    await using folder = await openManagedFolder()
    await crash(folder.root, { action: 'install', killAt: step })
    const isThere = await recoverAndJudge(folder.root)
    expect(isThere).toBe(['staged', 'loaded', 'activated'].includes(step))
  })

  test.each(REMOVAL_STEPS)('after "%s" of a removal leaves the version wholly gone', async (step) => {
    await using folder = await openManagedFolder()
    await crash(folder.root, { action: 'uninstall', killAt: step })
    expect(await recoverAndJudge(folder.root)).toBe(false)
  })

  // Spread over the whole of an install and a removal, some 30 ms, from the moment the child begins.
  test('at any moment leaves each version wholly there or wholly not', async () => {
    for (let round = 0; round < 20; round++) {
      await using folder = await openManagedFolder()
      await crash(folder.root, { action: 'cycle', killAfterMs: round * 2 + Math.random() * 2 })
      await recoverAndJudge(folder.root)
    }
  }, 60_000)
})

interface Crash {
  readonly action: 'install' | 'uninstall' | 'cycle'
  readonly killAt?: InstallStep
  readonly killAfterMs?: number
}

async function crash(root: string, { action, killAt, killAfterMs }: Crash): Promise<void> {
  await packFiles(filesOf({ name: NAME, version: '1.0.0' }), path.join(root, 'echo.tgz'))
  const child = fork(WORKER, [root, action, killAt ?? ''], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exit = once(child, 'exit')
  if (killAfterMs !== undefined) await killLater(child, killAfterMs)
  const [, signal] = await exit
  expect(signal).toBe('SIGKILL')
}

/** The child says when it begins; from then on it works without pause until it is killed. */
async function killLater(child: ChildProcess, delayMs: number): Promise<void> {
  await once(child, 'message')
  setTimeout(() => child.kill('SIGKILL'), delayMs)
}

/** Starts a manager over what the crash left. @returns whether the version is there */
async function recoverAndJudge(root: string): Promise<boolean> {
  const rows = VersionRows.open(path.join(root, 'rows.json'))
  const faults: string[] = []
  const manager = new PluginManager({
    repository: rows,
    // Nothing can be downloaded again: what is there must be there in full.
    source: new TarballSource(),
    openTarball,
    folder: path.join(root, 'plugins'),
    archive: { storage: new FolderStorage(path.join(root, 'storage')), tenant: 'system' },
    groupScopes: GROUP_SCOPES,
    listActivators: () => [],
    unload: async () => undefined,
    listUsers: async () => [],
    grantPermissions: () => ({}),
    onFault: (subject, error) => faults.push(`${subject}: ${error}`),
    orphanGraceMs: 0,
    nowMs: () => Date.now() + 60_000,
  })
  await manager.start()
  const [resolved] = manager.catalog.current.listVersions(SAY)
  await manager.close()
  expect(faults).toEqual([])
  const records = await rows.list()
  const bundles = await readdir(path.join(root, 'plugins/bundles'))
  const archived = await readdir(path.join(root, 'storage/system/_plugins/repository')).catch(() => [])
  const tarballs = archived.filter((name) => name.endsWith('.tgz'))
  if (resolved === undefined) {
    expect({ records, bundles, archived: tarballs }).toEqual({ records: [], bundles: [], archived: [] })
    return false
  }
  expect(records.map(({ state }) => state)).toEqual(['ACTIVE'])
  expect([bundles.length, tarballs.length]).toEqual([1, 1])
  expect(await readFile(resolved.bundle.bundlePath)).toEqual(bundleOf({ name: NAME, version: '1.0.0' }))
  return true
}
