import { rm } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { newId } from '@pinion/core/id'
import { createApiRoutes } from '../api/index.ts'
import { authenticate, ensureAdmin, identify, LoginThrottle } from '../auth/index.ts'
import type { ServerConfig } from '../config/index.ts'
import { ServerError } from '../errors.ts'
import { createHttpApp, HttpListener, type Mount, RouteTable } from '../http/index.ts'
import { LISTENER_CLOSE_MS } from '../limits.ts'
import type { Log } from '../log/index.ts'
import { registryMount } from '../registry-mount/index.ts'
import { answerStarting } from './answer-starting.ts'
import { Closers } from './closers.ts'
import { DataFolder } from './data-folder.ts'
import { openEngineRoom } from './engine-room.ts'
import { installOfficialPlugins, publishOfficialLibraries } from './official-plugins.ts'
import type { StartEvent } from './start-event.ts'
import { openState } from './state.ts'

export interface StartOptions {
  readonly log: Log
  /** Of the product. */
  readonly version: string
  /** Packed plugins (`.tgz`) that come with this release: published to the registry and installed from it once. */
  readonly officialPlugins: readonly string[]
  /** Packed libraries for plugin authors: published to the registry once. */
  readonly officialLibraries: readonly string[]
  readonly tell: (event: StartEvent) => void
}

export interface RunningServer {
  /** Where it listens, without a trailing slash. */
  readonly url: string
  /**
   * Stops taking requests, lets running tasks end within the configured grace, then closes everything. What still ran is
   * found again by the next start. Called again, it waits for the same end.
   */
  close(): Promise<void>
}

/**
 * Starts everything in this process: state, plugins, executions, registry, API. Resolves when it is ready; until then
 * `/health` answers 503.
 *
 * @throws ServerError `DATA_FOLDER_LOCKED`, `DATA_FOLDER_UNUSABLE`, `LISTEN_FAILED`, `CONFIG_INVALID`; StoreError and others
 *   of the parts. What was opened by then is closed again.
 */
export async function startServer(config: ServerConfig, options: StartOptions): Promise<RunningServer> {
  const closers = new Closers(options.log)
  try {
    return await start(config, options, closers)
  } catch (error) {
    await closers.close()
    throw error
  }
}

async function start(config: ServerConfig, options: StartOptions, closers: Closers): Promise<RunningServer> {
  const { log, tell, version } = options
  const startedAtMs = performance.now()
  const folder = await DataFolder.open(config.dataDir)
  closers.add('data folder', () => folder[Symbol.asyncDispose]())
  await rm(folder.scratchDir, { recursive: true, force: true })

  // The port comes first: it may be taken, and others need to know which one it is.
  const closing = new AbortController()
  let isReady = false
  let handle: RequestListener = answerStarting
  const listener = new HttpListener((request, response) => handle(request, response))
  const url = await listener.listen(config.server.host, config.server.port)
  closers.add('listener', () => listener.close(LISTENER_CLOSE_MS))
  tell({ type: 'listening', url, dataDir: config.dataDir })

  const state = await openState(config, log)
  closers.add('state', () => state.close())
  const { username, generatedPassword } = await ensureAdmin(state.users, config.server.admin)
  if (generatedPassword !== undefined) {
    tell({ type: 'passwordGenerated', username, password: generatedPassword })
  }

  const room = await openEngineRoom({
    config,
    state,
    folder,
    url,
    log,
    officialPlugins: options.officialPlugins,
  })
  closers.add('engine room', () => room.close())
  const recovered = await room.start()
  if (recovered > 0) tell({ type: 'recovered', executions: recovered })

  const access = { users: state.users, throttle: new LoginThrottle(), openUrls: config.server.openUrls }
  const { registry } = room
  const mounts: Mount[] = []
  if (registry !== undefined) {
    mounts.push(
      registryMount(registry.process, async (ctx) => registry.identifySystem(ctx) ?? identify(ctx, access)),
    )
  }
  const instanceId = await state.store.settings.setOnce('instance.id', newId())
  const app = createHttpApp({
    routes: new RouteTable(createApiRoutes({ ...state, ...room, config, instanceId, version })),
    mounts,
    authenticate: (ctx, role) => authenticate(ctx, role, access),
    isReady: () => isReady,
    limits: {
      textBytes: config.limits.jsonBodyBytes,
      uploadBytes: config.limits.uploadBytes,
      formBytes: config.limits.inputFilesBytes,
    },
    scratchDir: folder.scratchDir,
    baseUrl: () => config.url ?? url,
    closing: closing.signal,
    log,
  })
  handle = app.callback()
  await installOfficialPlugins({ tarballs: options.officialPlugins, room, url, log, tell })
  // Nobody waits for these at the start: what needs them is an author's `npm install`, later.
  const libraries = publishOfficialLibraries({ tarballs: options.officialLibraries, room, url, log })
  closers.add('official libraries', () => libraries)
  isReady = true
  tell({
    type: 'ready',
    url,
    dataDir: config.dataDir,
    username,
    tookMs: Math.round(performance.now() - startedAtMs),
  })

  let closed: Promise<void> | undefined
  return {
    url,
    close: () => {
      closed ??= (async () => {
        isReady = false
        closing.abort(
          new ServerError('HTTP_CLOSING', 'The server is shutting down.', {
            hint: 'Try again when it is up.',
          }),
        )
        // First of all, so that nothing new comes in while what runs may still end.
        await listener.close(LISTENER_CLOSE_MS)
        await closers.close()
      })()
      return closed
    },
  }
}
