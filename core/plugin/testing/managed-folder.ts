import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BundleRef } from '../../runtime/index.ts'
import type { PluginManagerOptions } from '../install/manager-options.ts'
import { PluginManager } from '../install/plugin-manager.ts'
import { FolderStorage } from './folder-storage.ts'
import { filesOf, GROUP_SCOPES, openTarball, type PluginOptions, packFiles } from './plugin-package.ts'
import { TarballSource } from './tarball-source.ts'
import { VersionRows } from './version-rows.ts'

/** A data folder as a server has it, with a manager over it that can be stopped and started again. */
export interface ManagedFolder extends AsyncDisposable {
  readonly root: string
  readonly rows: VersionRows
  readonly source: TarballSource
  readonly storage: FolderStorage
  readonly faults: string[]
  readonly loaded: BundleRef[]
  readonly unloaded: string[]
  /** Packs a plugin and publishes it to the source. */
  publish(options: PluginOptions): Promise<{ readonly path: string; readonly integrity: string }>
  start(overrides?: Partial<PluginManagerOptions>): Promise<PluginManager>
}

export async function openManagedFolder(): Promise<ManagedFolder> {
  const root = await mkdtemp(path.join(tmpdir(), 'pinion-plugin-'))
  const rows = VersionRows.open(path.join(root, 'rows.json'))
  const source = new TarballSource()
  const storage = new FolderStorage(path.join(root, 'storage'))
  const faults: string[] = []
  const loaded: BundleRef[] = []
  const unloaded: string[] = []
  const managers: PluginManager[] = []
  let packed = 0
  return {
    root,
    rows,
    source,
    storage,
    faults,
    loaded,
    unloaded,
    publish: async (options) => {
      const { name = '@acme/plugin-echo', version = '1.0.0' } = options
      const file = await packFiles(
        filesOf({ ...options, name, version }),
        path.join(root, `packed-${packed++}.tgz`),
      )
      return { path: file, integrity: await source.publish(name, version, file) }
    },
    start: async (overrides = {}) => {
      const manager = new PluginManager({
        repository: rows,
        source,
        openTarball,
        folder: path.join(root, 'plugins'),
        archive: { storage, tenant: 'system' },
        groupScopes: GROUP_SCOPES,
        listActivators: () => [
          {
            name: 'worker 1',
            load: async (bundle) => {
              loaded.push(bundle)
            },
          },
        ],
        unload: async (sha512) => {
          unloaded.push(sha512)
        },
        listUsers: async () => [],
        grantPermissions: ({ permissions }) => permissions,
        onFault: (subject, error) =>
          faults.push(`${subject}: ${error instanceof Error ? error.message : error}`),
        orphanGraceMs: 0,
        ...overrides,
      })
      managers.push(manager)
      await manager.start()
      return manager
    },
    [Symbol.asyncDispose]: async () => {
      for (const manager of managers) await manager.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}
