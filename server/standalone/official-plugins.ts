import type { Log } from '../log/index.ts'
import { publishTarball, readPackageJson } from '../registry-mount/index.ts'
import type { EngineRoom } from './engine-room.ts'
import type { StartEvent } from './start-event.ts'

export interface OfficialPluginsOptions {
  readonly tarballs: readonly string[]
  readonly room: Pick<EngineRoom, 'manager' | 'registry'>
  readonly url: string
  readonly log: Log
  readonly tell: (event: StartEvent) => void
}

/**
 * Publishes the plugins of this release to the embedded registry and installs them from there, as anybody's would be.
 * What is installed already costs nothing. One that cannot be installed keeps none of the others, nor the server, from
 * starting.
 */
export async function installOfficialPlugins(options: OfficialPluginsOptions): Promise<void> {
  await Promise.all(
    options.tarballs.map(async (tarballPath) => {
      try {
        await installOne(tarballPath, options)
      } catch (error) {
        options.log.error('An official plugin could not be installed.', { tarballPath, error })
        options.tell({ type: 'pluginFailed', tarballPath, error })
      }
    }),
  )
}

/** Publishes the libraries that plugin authors install. Those that are there already are left alone. */
export async function publishOfficialLibraries(options: Omit<OfficialPluginsOptions, 'tell'>): Promise<void> {
  const { registry } = options.room
  if (registry === undefined) return
  for (const tarballPath of options.tarballs) {
    try {
      await publishTarball({
        registryUrl: `${options.url}/registry/`,
        token: registry.systemToken,
        tarballPath,
      })
    } catch (error) {
      options.log.error('An official library could not be published.', { tarballPath, error })
    }
  }
}

async function installOne(tarballPath: string, { room, url, tell }: OfficialPluginsOptions): Promise<void> {
  const { manager, registry } = room
  const { name: packageName, version } = await readPackageJson(tarballPath)
  const isThere = manager.catalog.current.records.some(
    (record) => record.packageName === packageName && record.version === version && record.state === 'ACTIVE',
  )
  if (isThere) return
  if (registry === undefined) {
    await manager.installTarball(tarballPath)
  } else {
    await publishTarball({ registryUrl: `${url}/registry/`, token: registry.systemToken, tarballPath })
    await manager.install(`${packageName}@${version}`)
  }
  tell({ type: 'pluginInstalled', packageName, version })
}
