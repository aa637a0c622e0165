/**
 * A process that installs (and removes) `echo.tgz` of a folder and kills itself at a step, or goes on until it is
 * killed: `node crashing-installer.ts ROOT install|uninstall|cycle [STEP]`.
 */
import path from 'node:path'
import { PluginManager } from '../install/plugin-manager.ts'
import { FolderStorage } from './folder-storage.ts'
import { GROUP_SCOPES, openTarball } from './plugin-package.ts'
import { TarballSource } from './tarball-source.ts'
import { VersionRows } from './version-rows.ts'

const [root = '', action = '', killAt = ''] = process.argv.slice(2)
const NAME = '@acme/plugin-echo'

const source = new TarballSource()
await source.publish(NAME, '1.0.0', path.join(root, 'echo.tgz'))
const manager = new PluginManager({
  repository: VersionRows.open(path.join(root, 'rows.json')),
  source,
  openTarball,
  folder: path.join(root, 'plugins'),
  archive: { storage: new FolderStorage(path.join(root, 'storage')), tenant: 'system' },
  groupScopes: GROUP_SCOPES,
  listActivators: () => [{ name: 'worker', load: async () => undefined }],
  unload: async () => undefined,
  listUsers: async () => [],
  grantPermissions: ({ permissions }) => permissions,
  onFault: (subject, error) => {
    process.stderr.write(`${subject}: ${String(error)}\n`)
  },
  onStep: (step) => {
    if (step === killAt) process.kill(process.pid, 'SIGKILL')
  },
})
await manager.start()
process.send?.('begin')
do {
  await manager.install(`${NAME}@1.0.0`)
  if (action !== 'install') await (await manager.uninstall(NAME, '1.0.0')).whenRemoved()
} while (action === 'cycle')
