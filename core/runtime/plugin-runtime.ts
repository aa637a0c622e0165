import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { type SerializedError, serializeError } from '../errors/index.ts'
import { BundleRegistry, type KnownBundle } from './bundle-registry.ts'
import { RuntimeError, type RuntimeErrorCode, runtimeFault } from './errors.ts'
import { prepareGuestScripts } from './guest-scripts.ts'
import { codeCacheDir, isolateHostSpec, nodeHostSpec } from './host-specs.ts'
import {
  DEFAULT_KILL_GRACE_MS,
  MAX_PENDING_CALLS,
  MAX_QUEUED_ATTEMPTS,
  MAX_UNSTARTED_PER_HOST,
  TIMEOUT_GRACE_MS,
  UNRESPONSIVE_GRACE_MS,
  WATCH_INTERVAL_MS,
} from './limits.ts'
import { type PluginRuntimeOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { HostPool, type PoolListener } from './pool/host-pool.ts'
import type { HostProcess } from './pool/host-process.ts'
import { type AttemptOwner, PoolAttempt } from './pool/pool-attempt.ts'
import { type Death, judge } from './pool/verdict.ts'
import type { FromHost, HostBundle, Outcome } from './protocol/messages.ts'
import type {
  AttemptMethod,
  AttemptRequest,
  AttemptResult,
  AttemptServices,
  AttemptUsage,
  BundleRef,
  PluginRuntime,
  RuntimeStats,
} from './runtime.ts'

/**
 * Starts a runtime that runs plugin code in child processes. Hosts are started at once, in the background.
 *
 * @throws RuntimeError `RUNTIME_OPTION_INVALID`
 */
export function createPluginRuntime(options: PluginRuntimeOptions): PluginRuntime {
  return new HostedPluginRuntime(resolveOptions(options, availableParallelism()))
}

interface PendingRequest {
  readonly host: HostProcess
  readonly bundle: HostBundle
  resolve(): void
  reject(error: RuntimeError): void
}

class HostedPluginRuntime implements PluginRuntime, PoolListener, AttemptOwner {
  readonly #options: ResolvedOptions
  readonly #bundles = new BundleRegistry()
  readonly #attempts = new Map<string, PoolAttempt>()
  readonly #settle = new Map<PoolAttempt, (result: AttemptResult) => void>()
  readonly #requests = new Map<number, PendingRequest>()
  /** Bundles whose next attempts run alone. */
  readonly #suspects = new Set<number>()
  readonly #nodePools = new Map<number, HostPool>()
  readonly #pools: Promise<{ readonly shared: HostPool; readonly quarantine: HostPool }>
  #shared: HostPool | undefined
  #quarantine: HostPool | undefined
  readonly #watchTimer: NodeJS.Timeout
  #lastAttempt = 0
  #lastRequest = 0
  #isClosing = false
  readonly #onIdle: (() => void)[] = []

  constructor(options: ResolvedOptions) {
    this.#options = options
    mkdirSync(codeCacheDir(options), { recursive: true, mode: 0o700 })
    this.#pools = this.#open()
    // Reported where it is awaited: by `load` and `run`.
    this.#pools.catch(() => {})
    this.#watchTimer = setInterval(() => this.#watch(), WATCH_INTERVAL_MS)
    this.#watchTimer.unref()
  }

  async load(ref: BundleRef): Promise<void> {
    const known = this.#admit(ref)
    const { host: bundle } = known
    const pool = await this.#poolOf(bundle)
    if (pool.active.some((host) => host.state === 'READY' && host.loaded.has(bundle.bundle))) return
    await pool.whenReady()
    const [host] = pool.active
      .filter(({ state }) => state === 'READY')
      .sort((left, right) => left.loaded.size - right.loaded.size)
    if (host === undefined) throw new RuntimeError('RUNTIME_HOST_UNAVAILABLE', 'No plugin host is running.')
    pool.introduce(host, bundle)
    await this.#request(host, bundle, 'load')
  }

  run(request: AttemptRequest, services: AttemptServices): Promise<AttemptResult> {
    return new Promise((resolve) => {
      let known: KnownBundle
      try {
        if (this.#attempts.size >= MAX_QUEUED_ATTEMPTS) {
          throw new RuntimeError(
            'RUNTIME_OVERLOADED',
            `${this.#attempts.size} attempts are under way already.`,
          )
        }
        known = this.#admit(request.bundle)
      } catch (error) {
        resolve(failed(serializeError(error), true))
        return
      }
      const { attemptDefaults } = this.#options
      const attempt = new PoolAttempt(
        ++this.#lastAttempt,
        request,
        services,
        known.host,
        {
          cpuSliceMs: request.limits.cpuSliceMs ?? attemptDefaults.cpuSliceMs,
          outputBytes: request.limits.outputBytes ?? attemptDefaults.outputBytes,
          wallTimeMs: request.limits.wallTimeMs ?? attemptDefaults.wallTimeMs,
        },
        this,
      )
      known.running++
      this.#attempts.set(request.attemptId, attempt)
      this.#settle.set(attempt, resolve)
      this.#submit(attempt)
    })
  }

  kill(attemptId: string, graceMs: number = DEFAULT_KILL_GRACE_MS): void {
    const attempt = this.#attempts.get(attemptId)
    if (attempt !== undefined) this.#stop(attempt, 'killed', graceMs)
  }

  async unload(sha512: string): Promise<void> {
    await Promise.all(this.#bundles.withSha512(sha512).map((known) => this.#unload(known)))
  }

  stats(): RuntimeStats {
    const pools = [this.#shared, this.#quarantine, ...this.#nodePools.values()]
    return {
      hosts: pools
        .flatMap((pool) => pool?.hosts ?? [])
        .map((host) => ({
          pid: host.pid,
          residentBytes: host.residentBytes,
          isolates: host.report.isolates,
          runningAttempts: host.attempts.size,
        })),
      loaded: this.#bundles.all().map(({ host, running }) => ({
        packageName: host.packageName,
        version: host.version,
        sha512: host.sha512,
        running,
      })),
    }
  }

  async close(graceMs: number = DEFAULT_KILL_GRACE_MS): Promise<void> {
    this.#isClosing = true
    const pools = await this.#pools.catch(() => undefined)
    if (this.#attempts.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs)
        this.#onIdle.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
    const all = [pools?.shared, pools?.quarantine, ...this.#nodePools.values()]
    await Promise.all(all.map((pool) => pool?.close()))
    clearInterval(this.#watchTimer)
    for (const attempt of this.#settle.keys()) {
      attempt.end({ status: 'LOST', reason: 'The plugin runtime was closed.' })
    }
  }

  onMessage(pool: HostPool, host: HostProcess, message: FromHost): void {
    switch (message.t) {
      case 'loaded':
      case 'unloaded':
        this.#requests.get(message.request)?.resolve()
        this.#requests.delete(message.request)
        return
      case 'unloadable':
        this.#requests.get(message.request)?.reject(loadError(message.error, message.stack))
        this.#requests.delete(message.request)
        return
      case 'parked': {
        const attempt = host.attempts.get(message.attempt)
        if (attempt?.state.at !== 'SENT') return
        attempt.state = { at: 'RUNNING', host }
        host.unstarted--
        pool.released(host)
        return
      }
      case 'settled': {
        const attempt = host.attempts.get(message.attempt)
        if (attempt !== undefined) this.#settled(pool, host, attempt, message.outcome, message.usage)
        return
      }
      case 'call': {
        const attempt = host.attempts.get(message.attempt)
        if (attempt !== undefined) this.#call(host, attempt, message)
        return
      }
      case 'log':
        host.attempts.get(message.attempt)?.services.log(message.entries)
        return
      case 'metric':
        host.attempts.get(message.attempt)?.services.metric(message.metrics)
        return
      case 'progress':
        host.attempts.get(message.attempt)?.services.progress(message.fraction, message.message)
        return
      default:
    }
  }

  onDeath(pool: HostPool, host: HostProcess, death: Death): void {
    const attempts = [...host.attempts.values()]
    const verdict = judge(
      death,
      attempts.map(({ number, bundle, ordinal }) => ({
        number,
        bundle,
        hasBegun: ordinal <= death.marker.begun,
      })),
      (bundle) => this.#bundles.get(bundle)?.host,
      pool.sharing,
    )
    for (const bundle of verdict.suspects) this.#suspects.add(bundle.bundle)
    host.attempts.clear()
    attempts.forEach((attempt, index) => {
      const outcome = verdict.outcomes[index]
      if (outcome !== undefined) attempt.end(outcome)
    })
    for (const [number, request] of this.#requests) {
      if (request.host !== host) continue
      this.#requests.delete(number)
      const isGuilty = verdict.guilty?.bundle.bundle === request.bundle.bundle
      const code = isGuilty ? (verdict.guilty?.code ?? 'PLUGIN_CRASHED_HOST') : 'RUNTIME_HOST_UNAVAILABLE'
      request.reject(
        new RuntimeError(code, `The plugin host died (${death.cause}, ${death.exit}) meanwhile.`),
      )
    }
    if (death.cause !== 'stopped') this.#report(death, verdict.guilty, attempts.length)
  }

  onUnavailable(_pool: HostPool, attempts: readonly PoolAttempt[], death: Death): void {
    const error = runtimeFault('RUNTIME_HOST_UNAVAILABLE', `Plugin hosts do not start (${death.exit}).`, {
      hint: `Look at the host's own words: ${death.stderr.slice(-1_000) || 'it said nothing'}`,
    })
    for (const attempt of attempts) attempt.end({ status: 'FAILED', error, retryable: true })
  }

  onWallTime(attempt: PoolAttempt): void {
    this.#stop(attempt, 'timeout', TIMEOUT_GRACE_MS)
  }

  onEnd(attempt: PoolAttempt, outcome: Outcome, usage: AttemptUsage): void {
    const resolve = this.#settle.get(attempt)
    this.#settle.delete(attempt)
    this.#attempts.delete(attempt.request.attemptId)
    const known = this.#bundles.get(attempt.bundle.bundle)
    if (known !== undefined && --known.running === 0) for (const tell of known.onIdle.splice(0)) tell()
    if (this.#attempts.size === 0) for (const tell of this.#onIdle.splice(0)) tell()
    resolve?.(resultOf(attempt, outcome, usage))
  }

  async #open() {
    const options = this.#options
    const guestScriptsPath = await prepareGuestScripts(options.cacheDir)
    const spec = isolateHostSpec(options, guestScriptsPath)
    const { recycleAfterAttempts, recycleAfterIsolates } = options
    const common = { spec, recycleAfterAttempts, recycleAfterIsolates, maxUnstarted: MAX_UNSTARTED_PER_HOST }
    const shared = new HostPool({ ...common, size: options.hosts, spares: 1, sharing: 'all' }, this)
    const quarantine = new HostPool({ ...common, size: 1, spares: 0, sharing: 'nobody' }, this)
    this.#shared = shared
    this.#quarantine = quarantine
    if (!this.#isClosing) shared.start()
    return { shared, quarantine }
  }

  #admit(ref: BundleRef): KnownBundle {
    if (this.#isClosing) throw new RuntimeError('RUNTIME_CLOSED', 'The plugin runtime is closing.')
    if (ref.runtime === 'node' && !this.#options.allowsNodeRuntime) {
      throw new RuntimeError(
        'PLUGIN_LOAD_FAILED',
        `${ref.packageName}@${ref.version} asks for the node runtime, which this instance does not allow.`,
      )
    }
    const known = this.#bundles.of(ref)
    if (known.isUnloading) {
      throw new RuntimeError('PLUGIN_UNLOADING', `${ref.packageName}@${ref.version} is being unloaded.`)
    }
    return known
  }

  #submit(attempt: PoolAttempt): void {
    const pool = this.#poolNow(attempt.bundle)
    if (pool !== undefined) {
      pool.submit(attempt)
      return
    }
    this.#poolOf(attempt.bundle).then(
      (opened) => {
        if (!attempt.isEnded) opened.submit(attempt)
      },
      (error: unknown) => attempt.end({ status: 'FAILED', error: serializeError(error), retryable: true }),
    )
  }

  async #poolOf(bundle: HostBundle): Promise<HostPool> {
    await this.#pools
    const pool = this.#poolNow(bundle)
    if (pool === undefined)
      throw new RuntimeError('RUNTIME_HOST_UNAVAILABLE', 'The plugin runtime did not start.')
    return pool
  }

  /** Also where an attempt goes whose version is under suspicion: into a host of its own. */
  #poolNow(bundle: HostBundle): HostPool | undefined {
    if (this.#shared === undefined) return undefined
    if (bundle.runtime === 'node') return this.#nodePool(bundle)
    return this.#suspects.has(bundle.bundle) ? this.#quarantine : this.#shared
  }

  #nodePool(bundle: HostBundle): HostPool {
    const known = this.#nodePools.get(bundle.bundle)
    if (known !== undefined) return known
    const pool = new HostPool(
      {
        spec: nodeHostSpec(this.#options, bundle),
        size: 1,
        spares: 0,
        sharing: 'version',
        maxUnstarted: MAX_UNSTARTED_PER_HOST,
        recycleAfterAttempts: this.#options.recycleAfterAttempts,
        recycleAfterIsolates: Number.MAX_SAFE_INTEGER,
      },
      this,
    )
    this.#nodePools.set(bundle.bundle, pool)
    return pool
  }

  #settled(
    pool: HostPool,
    host: HostProcess,
    attempt: PoolAttempt,
    outcome: Outcome,
    usage: AttemptUsage,
  ): void {
    host.attempts.delete(attempt.number)
    if (attempt.state.at === 'SENT') host.unstarted--
    if (pool.sharing === 'nobody' && outcome.status !== 'LOST') this.#suspects.delete(attempt.bundle.bundle)
    attempt.end(outcome, usage)
    // An isolate that went over its limit leaves its host in doubt: replaced as soon as the others are done.
    if (outcome.status === 'FAILED' && outcome.error.code === 'PLUGIN_OUT_OF_MEMORY') pool.retire(host)
    // Ended from outside, its code may go on in a process that has no isolates to dispose of.
    if (outcome.status === 'KILLED' && attempt.bundle.runtime === 'node') pool.retire(host)
    pool.released(host)
  }

  #call(host: HostProcess, attempt: PoolAttempt, message: Extract<FromHost, { t: 'call' }>): void {
    if (attempt.pendingCalls >= MAX_PENDING_CALLS) {
      host.kill('protocol')
      return
    }
    attempt.pendingCalls++
    const { number } = attempt
    const { call } = message
    const perform = async (): Promise<void> => {
      try {
        const result = await attempt.services.call<AttemptMethod>(message.method, message.params)
        host.send({ t: 'result', attempt: number, call, resultJson: JSON.stringify(result ?? null) })
      } catch (error) {
        host.send({ t: 'fault', attempt: number, call, error: serializeError(error) })
      } finally {
        attempt.pendingCalls--
      }
    }
    void perform()
  }

  /** Asks an attempt to end, and makes it: first its signal, then its host. */
  #stop(attempt: PoolAttempt, reason: 'killed' | 'timeout', graceMs: number): void {
    // A kill after a timeout changes what is said, a timeout after a kill does not.
    if (attempt.abort === undefined || reason === 'killed') attempt.abort = { reason }
    const { host } = attempt
    if (host === undefined) {
      for (const pool of [this.#shared, this.#quarantine, ...this.#nodePools.values()])
        pool?.withdraw(attempt)
      attempt.end({ status: 'KILLED' })
      return
    }
    host.send({ t: 'abort', attempt: attempt.number, reason, graceMs })
    clearTimeout(attempt.overdueTimer)
    // The host may be in another attempt's slice, which may take its time.
    const longestSliceMs = Math.max(...[...host.attempts.values()].map(({ cpuSliceMs }) => cpuSliceMs))
    const overdueMs = graceMs + longestSliceMs + 2 * UNRESPONSIVE_GRACE_MS
    attempt.overdueTimer = setTimeout(() => host.kill('overdue'), overdueMs)
  }

  #request(host: HostProcess, bundle: HostBundle, t: 'load' | 'unload'): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = ++this.#lastRequest
      this.#requests.set(request, { host, bundle, resolve, reject })
      host.send({ t, request, bundle: bundle.bundle })
    })
  }

  async #unload(known: KnownBundle): Promise<void> {
    known.isUnloading = true
    if (known.running > 0) await new Promise<void>((resolve) => known.onIdle.push(resolve))
    const { host: bundle } = known
    const holders = [this.#shared, this.#quarantine]
      .flatMap((pool) => pool?.hosts ?? [])
      .filter((host) => host.known.has(bundle.bundle))
    // A host that dies meanwhile has freed it as well.
    await Promise.allSettled(holders.map((host) => this.#request(host, bundle, 'unload')))
    await this.#nodePools.get(bundle.bundle)?.close()
    this.#nodePools.delete(bundle.bundle)
    this.#suspects.delete(bundle.bundle)
    this.#bundles.delete(known)
  }

  #watch(): void {
    const nowMs = performance.now()
    for (const pool of [this.#shared, this.#quarantine, ...this.#nodePools.values()]) pool?.watch(nowMs)
  }

  #report(
    death: Death,
    guilty: { readonly bundle: HostBundle; readonly code: RuntimeErrorCode } | undefined,
    attempts: number,
  ): void {
    const last = lastWords(death.stderr)
    const message = `Plugin host ${death.pid} died (${death.cause}, ${death.exit}).${last === '' ? '' : ` It said: ${last}`}`
    const base = {
      pid: death.pid,
      message,
      lostAttempts: Math.max(0, attempts - (guilty === undefined ? 0 : 1)),
    }
    if (guilty === undefined) this.#options.onIncident({ code: 'HOST_DIED', ...base })
    else {
      const { packageName, version, sha512 } = guilty.bundle
      this.#options.onIncident({ code: guilty.code, packageName, version, sha512, ...base })
    }
  }
}

function resultOf(attempt: PoolAttempt, outcome: Outcome, usage: AttemptUsage): AttemptResult {
  // Whatever it ended in: it was told to stop, and has.
  if (attempt.abort?.reason === 'killed') return { status: 'KILLED', usage }
  if (attempt.abort?.reason === 'timeout' && outcome.status !== 'LOST' && !namesItsCause(outcome)) {
    const { packageName, version } = attempt.bundle
    const message = `${packageName}@${version} did not finish within ${attempt.wallTimeMs} ms.`
    const hint = 'Raise the task’s timeout, or find what it waits for.'
    return {
      status: 'FAILED',
      error: runtimeFault('PLUGIN_TIMEOUT', message, { hint }),
      retryable: true,
      usage,
    }
  }
  switch (outcome.status) {
    case 'SUCCESS':
    case 'FAILED':
      return { ...outcome, usage }
    case 'KILLED':
      return { status: 'KILLED', usage }
    case 'LOST':
      return outcome
    default:
      return outcome satisfies never
  }
}

/** Of a crash report the line that names the error, and not the version of Node below it. */
function lastWords(stderr: string): string {
  const lines = stderr.trim().split('\n')
  return lines.findLast((line) => /^\w*Error\b|^#? ?Fatal|FATAL/.test(line)) ?? lines.at(-1) ?? ''
}

/** Out of time, and of something worse: that is what its author must hear of. */
function namesItsCause(outcome: Outcome): boolean {
  return outcome.status === 'FAILED' && CAUSES.has(outcome.error.code)
}

const CAUSES: ReadonlySet<string> = new Set<RuntimeErrorCode>([
  'PLUGIN_CPU_LIMIT',
  'PLUGIN_CRASHED_HOST',
  'PLUGIN_OUT_OF_MEMORY',
  'PLUGIN_UNRESPONSIVE',
])

function failed(error: SerializedError, retryable: boolean): AttemptResult {
  return { status: 'FAILED', error, retryable, usage: { cpuMs: 0, hostCalls: 0, bytesIn: 0, bytesOut: 0 } }
}

function loadError(error: SerializedError, stack: string | undefined): RuntimeError {
  const code =
    error.code === 'PLUGIN_OUT_OF_MEMORY' || error.code === 'PLUGIN_CPU_LIMIT'
      ? error.code
      : 'PLUGIN_LOAD_FAILED'
  const made = new RuntimeError(code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.at === undefined ? {} : { at: error.at }),
  })
  if (stack !== undefined) made.stack = stack
  return made
}
