import type { IncomingMessage, ServerResponse } from 'node:http'
import { resolve as resolvePath } from 'node:path'
import { messageOf, RegistryError } from '../errors.ts'
import {
  MAX_TARBALL_BYTES,
  RESTART_DELAY_MAX_MS,
  RESTART_DELAY_MIN_MS,
  RESTART_HEALTHY_MS,
  START_WAIT_MS,
} from '../limits.ts'
import { answerError } from './answer.ts'
import { RegistryChild } from './child-process.ts'
import { EventBoard } from './event-board.ts'
import type { RegistryEvents, RegistryProcessOptions } from './options.ts'
import { type OutsideAddress, outsideAddress } from './outside-address.ts'
import type { RegistryIdentity, ToParent, UnpublishDecision, VersionToUnpublish } from './protocol.ts'
import { answerUnavailable, forward } from './proxy.ts'
import { handleSession } from './session-routes.ts'
import { registryDirOf, registryLayout } from './storage/layout.ts'
import { listPackages, type PackageListing } from './storage/list-packages.ts'

/** The embedded registry, as the server sees it. */
export interface RegistryProcess {
  /** Starts the process if it does not run. @throws RegistryError `REGISTRY_START_FAILED`, `REGISTRY_DATA_IN_USE` */
  start(): Promise<void>
  /**
   * Answers a request below the mount path. Never rejects. `identity`: whom the request's token belongs to; undefined
   * for nobody. The body must not have been read.
   */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    identity: RegistryIdentity | undefined,
  ): Promise<void>
  /** Listens until the returned function is called. Listeners run before the client gets its answer. */
  on<E extends keyof RegistryEvents>(type: E, listener: (event: RegistryEvents[E]) => void): () => void
  /** Everything that is published, read from the storage: to compare with at a start and after a restart. */
  listAll(): Promise<PackageListing>
  /** Finishes what is under way, then ends the process. */
  close(): Promise<void>
  /** The process's id while it runs, for whoever watches its memory. */
  readonly pid: number | undefined
}

/**
 * Runs the private registry in a process of its own, because loading it takes most of a second and 140 MB. The handle
 * is there at once; the process comes up in the background, or with the first request if `warmUp` is false. If it
 * dies it is started again, with growing pauses, and requests meanwhile are told to come back.
 */
export function startRegistryProcess(options: RegistryProcessOptions): RegistryProcess {
  const registry = new SupervisedRegistry(options)
  // A failure has been logged, and is tried again.
  if (options.warmUp !== false) registry.start().catch(() => undefined)
  return registry
}

/**
 * - `idle`: nothing runs; the next request or `start()` starts it.
 * - `starting`: requests wait, for a bounded time. `isRestart`: they do not, they are told to retry.
 * - `ready`: requests are forwarded.
 * - `pausing`: it died or did not come up; a timer will try again. Requests are told to retry.
 * - `closed`: for good.
 */
type State =
  | { readonly type: 'idle' }
  | { readonly type: 'starting'; readonly child: Promise<RegistryChild>; readonly isRestart: boolean }
  | { readonly type: 'ready'; readonly child: RegistryChild; readonly sinceMs: number }
  | { readonly type: 'pausing'; readonly timer: NodeJS.Timeout }
  | { readonly type: 'closed' }

class SupervisedRegistry implements RegistryProcess {
  readonly #options: RegistryProcessOptions
  readonly #mountPath: string
  readonly #publicAddress: OutsideAddress | undefined
  readonly #board: EventBoard
  #state: State = { type: 'idle' }
  #failures = 0

  constructor(options: RegistryProcessOptions) {
    this.#options = options
    this.#mountPath = options.mountPath ?? '/registry/'
    this.#publicAddress = options.publicUrl === undefined ? undefined : parsePublicUrl(options.publicUrl)
    this.#board = new EventBoard(options.log)
  }

  get pid(): number | undefined {
    return this.#state.type === 'ready' ? this.#state.child.pid : undefined
  }

  async start(): Promise<void> {
    await this.#running(false)
  }

  on<E extends keyof RegistryEvents>(type: E, listener: (event: RegistryEvents[E]) => void): () => void {
    return this.#board.on(type, listener)
  }

  listAll(): Promise<PackageListing> {
    return listPackages(registryLayout(this.#registryDir))
  }

  async close(): Promise<void> {
    const state = this.#state
    this.#state = { type: 'closed' }
    if (state.type === 'pausing') clearTimeout(state.timer)
    if (state.type === 'ready') await state.child.close()
    if (state.type === 'starting') await state.child.then((child) => child.close()).catch(() => undefined)
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    identity: RegistryIdentity | undefined,
  ): Promise<void> {
    try {
      await this.#answer(request, response, identity)
    } catch (error) {
      this.#options.log({
        level: 'error',
        message: 'A registry request failed.',
        fields: { method: request.method, error: messageOf(error) },
      })
      answerError(response, 500, 'REGISTRY_FAILED', 'The registry could not do this; the log says why.')
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, identity: RegistryIdentity | undefined) {
    const path = this.#pathBelowMount(request.url ?? '/')
    const outside = this.#publicAddress ?? outsideAddress(request, this.#options.trustProxy === true)
    if (path === undefined) return answerError(response, 404, 'NOT_OFFERED', 'There is no registry here.')
    if (outside === undefined)
      return answerError(response, 400, 'HOST_INVALID', 'The Host header is no host name.')
    const bare = path.split('?', 1)[0] ?? path
    if (await handleSession(this.#options, request, response, bare, identity)) return
    const child = await this.#childForRequest()
    if (response.destroyed) return
    if (child === undefined) return answerUnavailable(response)
    forward(child, {
      request,
      response,
      path,
      identity,
      outside,
      maxTarballBytes: this.#options.maxTarballBytes ?? MAX_TARBALL_BYTES,
      untilTold: (sequence) => this.#board.untilTold(sequence),
    })
  }

  /** undefined: not now. */
  async #childForRequest(): Promise<RegistryChild | undefined> {
    const state = this.#state
    if (state.type === 'ready') return state.child
    if (state.type === 'pausing' || state.type === 'closed') return undefined
    if (state.type === 'starting' && state.isRestart) return undefined
    const { promise: tooLate, resolve } = Promise.withResolvers<undefined>()
    const timer = setTimeout(resolve, START_WAIT_MS, undefined)
    try {
      return await Promise.race([this.#running(false), tooLate])
    } catch {
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  #running(isRestart: boolean): Promise<RegistryChild> {
    const state = this.#state
    switch (state.type) {
      case 'ready':
        return Promise.resolve(state.child)
      case 'starting':
        return state.child
      case 'closed':
        return Promise.reject(new RegistryError('REGISTRY_CLOSED', 'The registry was closed.'))
      case 'idle':
      case 'pausing': {
        if (state.type === 'pausing') clearTimeout(state.timer)
        const isAfterDeath = isRestart || state.type === 'pausing'
        const child = this.#launch(isAfterDeath)
        this.#state = { type: 'starting', child, isRestart: isAfterDeath }
        return child
      }
      default:
        return state satisfies never
    }
  }

  async #launch(isRestart: boolean): Promise<RegistryChild> {
    this.#board.startOver()
    try {
      const child = await RegistryChild.spawn(this.#childOptions(), {
        log: this.#options.log,
        message: (message) => this.#take(message),
        died: (reason) => this.#died(reason),
      })
      if (this.#state.type === 'closed') return child
      this.#state = { type: 'ready', child, sinceMs: Date.now() }
      this.#board.tell('ready', { startMs: child.startMs, isRestart })
      return child
    } catch (error) {
      this.#options.log({
        level: 'error',
        message: 'The registry could not be started.',
        fields: { error: messageOf(error) },
      })
      this.#died(messageOf(error))
      throw error
    }
  }

  #take(message: Exclude<ToParent, { type: 'ready' | 'failed' }>): void {
    if (message.type === 'event') this.#board.tellStored(message.sequence, message.event)
    else void this.#decide(message.id, message.versions)
  }

  async #decide(id: number, versions: readonly VersionToUnpublish[]): Promise<void> {
    const ask = async ({ name, version }: VersionToUnpublish): Promise<UnpublishDecision> => {
      try {
        return await this.#options.mayUnpublish(name, version)
      } catch (error) {
        return { allowed: false, reason: `It could not be found out whether it is used: ${messageOf(error)}` }
      }
    }
    const decisions = await Promise.all(versions.map(ask))
    if (this.#state.type === 'ready') this.#state.child.send({ type: 'mayUnpublish', id, decisions })
  }

  #died(reason: string): void {
    if (this.#state.type === 'closed') return
    const wasHealthy = this.#state.type === 'ready' && Date.now() - this.#state.sinceMs > RESTART_HEALTHY_MS
    this.#failures = wasHealthy ? 0 : this.#failures
    const retryInMs = Math.min(RESTART_DELAY_MIN_MS * 2 ** this.#failures, RESTART_DELAY_MAX_MS)
    this.#failures += 1
    const timer = setTimeout(() => {
      // A failure comes back here by #launch.
      this.#running(true).catch(() => undefined)
    }, retryInMs)
    this.#state = { type: 'pausing', timer }
    this.#board.tell('died', { reason, retryInMs })
  }

  #pathBelowMount(url: string): string | undefined {
    return url.startsWith(this.#mountPath) ? `/${url.slice(this.#mountPath.length)}` : undefined
  }

  get #registryDir(): string {
    return registryDirOf(resolvePath(this.#options.dataDir))
  }

  #childOptions() {
    return {
      registryDir: this.#registryDir,
      anonymousRead: this.#options.anonymousRead ?? false,
      publicScopes: this.#options.publicScopes ?? [],
      urlPrefix: this.#mountPath,
      scopeOwners: this.#options.scopeOwners ?? {},
      uplinks: this.#options.uplinks ?? [],
      inspectorModule: this.#options.inspectorModule,
      maxTarballBytes: this.#options.maxTarballBytes ?? MAX_TARBALL_BYTES,
      logLevel: this.#options.logLevel ?? 'warn',
    }
  }
}

function parsePublicUrl(text: string): OutsideAddress {
  const url = URL.parse(text)
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) {
    return { protocol: url.protocol === 'https:' ? 'https' : 'http', host: url.host }
  }
  throw new RegistryError(
    'REGISTRY_CONFIGURATION_INVALID',
    `The public URL ${JSON.stringify(text)} is none.`,
    {
      hint: 'Write it like https://pinion.example.',
    },
  )
}
