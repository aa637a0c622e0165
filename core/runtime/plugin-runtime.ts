import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { serializeError } from '../errors/index.ts'
import { BundleRegistry, type KnownBundle } from './bundle-registry.ts'
import { pruneCodeCache } from './code-cache-files.ts'
import { RuntimeError, runtimeFault } from './errors.ts'
import { codeCacheDir } from './host-specs.ts'
import { incidentOf } from './incident.ts'
import {
  DEFAULT_KILL_GRACE_MS,
  MAX_LOAD_TRIES,
  MAX_PENDING_CALLS,
  MAX_QUEUED_ATTEMPTS,
  TIMEOUT_GRACE_MS,
  UNRESPONSIVE_GRACE_MS,
  WATCH_INTERVAL_MS,
} from './limits.ts'
import { type PluginRuntimeOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import type { HostPool, PoolListener } from './pool/host-pool.ts'
import type { HostedAttempt, HostProcess } from './pool/host-process.ts'
import { HostRequests } from './pool/host-requests.ts'
import { type AttemptOwner, PoolAttempt } from './pool/pool-attempt.ts'
import { RuntimePools } from './pool/runtime-pools.ts'
import { type Death, judge } from './pool/verdict.ts'
import type { FromHost, HostBundle, Outcome } from './protocol/messages.ts'
import { loadError, refused, resultOf } from './results.ts'
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

class HostedPluginRuntime implements PluginRuntime, PoolListener, AttemptOwner<HostProcess> {
  readonly #options: ResolvedOptions
  readonly #bundles = new BundleRegistry()
  readonly #attempts = new Map<string, HostedAttempt>()
  readonly #settle = new Map<HostedAttempt, (result: AttemptResult) => void>()
  readonly #requests = new HostRequests()
  readonly #pools: RuntimePools
  readonly #watchTimer: NodeJS.Timeout
  readonly #onIdle: (() => void)[] = []
  #lastAttempt = 0
  #isClosing = false

  constructor(options: ResolvedOptions) {
    this.#options = options
    const cache = codeCacheDir(options)
    mkdirSync(cache, { recursive: true, mode: 0o700 })
    // A cache that cannot be tidied costs disk space, nothing else.
    pruneCodeCache(cache).catch(() => {})
    this.#pools = new RuntimePools(options, this)
    this.#watchTimer = setInterval(() => this.#watch(), WATCH_INTERVAL_MS)
    this.#watchTimer.unref()
  }

  async load(ref: BundleRef): Promise<void> {
    const { host: bundle } = this.#admit(ref)
    for (let tries = 1; ; tries++) {
      try {
        await this.#load(bundle)
        return
      } catch (error) {
        // The host died by another's fault: there is always a next one.
        const isUnlucky = error instanceof RuntimeError && error.code === 'RUNTIME_HOST_UNAVAILABLE'
        if (!isUnlucky || this.#isClosing || tries === MAX_LOAD_TRIES) throw error
      }
    }
  }

  run(request: AttemptRequest, services: AttemptServices): Promise<AttemptResult> {
    return new Promise((resolve) => {
      let known: KnownBundle
      try {
        if (this.#settle.size >= MAX_QUEUED_ATTEMPTS) {
          throw new RuntimeError('RUNTIME_OVERLOADED', `${this.#settle.size} attempts are under way already.`)
        }
        known = this.#admit(request.bundle)
      } catch (error) {
        resolve(refused(error))
        return
      }
      const { attemptDefaults } = this.#options
      const limits = {
        cpuSliceMs: request.limits.cpuSliceMs ?? attemptDefaults.cpuSliceMs,
        outputBytes: request.limits.outputBytes ?? attemptDefaults.outputBytes,
        wallTimeMs: request.limits.wallTimeMs ?? attemptDefaults.wallTimeMs,
      }
      const attempt = new PoolAttempt(++this.#lastAttempt, request, services, known.host, limits, this)
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
    const hosts = this.#pools.all.flatMap((pool) => pool.hosts)
    return {
      hosts: hosts.map(({ pid, residentBytes, report, attempts }) => ({
        pid,
        residentBytes,
        isolates: report.isolates,
        runningAttempts: attempts.size,
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
    if (this.#settle.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs)
        this.#onIdle.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
    await this.#pools.close()
    clearInterval(this.#watchTimer)
    for (const attempt of this.#settle.keys()) {
      attempt.end({ status: 'LOST', reason: 'The plugin runtime was closed.' })
    }
  }

  onMessage(pool: HostPool, host: HostProcess, message: FromHost): void {
    switch (message.t) {
      case 'loaded':
      case 'unloaded':
        this.#requests.succeed(message.request)
        return
      case 'unloadable':
        this.#requests.fail(message.request, loadError(message.error, message.stack))
        return
      case 'parked':
      case 'settled':
      case 'call':
      case 'log':
      case 'metric':
      case 'progress': {
        // One that has ended, or was taken back, has nothing more to say.
        const attempt = host.attempts.get(message.attempt)
        if (attempt !== undefined) this.#onAttemptMessage(pool, host, attempt, message)
        return
      }
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
    for (const bundle of verdict.suspects) this.#pools.suspect(bundle)
    host.attempts.clear()
    for (const [index, attempt] of attempts.entries()) {
      const outcome = verdict.outcomes[index]
      if (outcome !== undefined) attempt.end(outcome)
    }
    this.#requests.failAll(host, death, verdict)
    if (death.cause !== 'stopped') this.#options.onIncident(incidentOf(death, verdict))
  }

  onUnavailable(_pool: HostPool, attempts: readonly HostedAttempt[], death: Death): void {
    const error = runtimeFault('RUNTIME_HOST_UNAVAILABLE', `Plugin hosts do not start (${death.exit}).`, {
      hint: `Look at the host's own words: ${death.stderr.slice(-1_000) || 'it said nothing'}`,
    })
    for (const attempt of attempts) attempt.end({ status: 'FAILED', error, retryable: true })
  }

  onWallTime(attempt: HostedAttempt): void {
    this.#stop(attempt, 'timeout', TIMEOUT_GRACE_MS)
  }

  onEnd(attempt: HostedAttempt, outcome: Outcome, usage: AttemptUsage): void {
    const resolve = this.#settle.get(attempt)
    this.#settle.delete(attempt)
    const { attemptId } = attempt.request
    if (this.#attempts.get(attemptId) === attempt) this.#attempts.delete(attemptId)
    const known = this.#bundles.get(attempt.bundle.bundle)
    if (known !== undefined && --known.running === 0) for (const tell of known.onIdle.splice(0)) tell()
    if (this.#settle.size === 0) for (const tell of this.#onIdle.splice(0)) tell()
    resolve?.(resultOf(attempt, outcome, usage))
  }

  #admit(ref: BundleRef): KnownBundle {
    if (this.#isClosing) throw new RuntimeError('RUNTIME_CLOSED', 'The plugin runtime is closing.')
    if (ref.runtime === 'node' && !this.#options.allowsNodeRuntime) {
      throw new RuntimeError(
        'PLUGIN_LOAD_FAILED',
        `${ref.packageName}@${ref.version} asks for the node runtime, which this instance does not allow.`,
        { hint: 'Allow it in the configuration, or use a version that runs in an isolate.' },
      )
    }
    const known = this.#bundles.of(ref)
    if (known.isUnloading) {
      throw new RuntimeError('PLUGIN_UNLOADING', `${ref.packageName}@${ref.version} is being unloaded.`)
    }
    return known
  }

  async #load(bundle: HostBundle): Promise<void> {
    const pool = await this.#pools.ready(bundle)
    if (pool.active.some((host) => host.state === 'READY' && host.loaded.has(bundle.bundle))) return
    await pool.whenReady()
    const [host] = pool.active
      .filter(({ state }) => state === 'READY')
      .sort((left, right) => left.loaded.size - right.loaded.size)
    if (host === undefined) throw new RuntimeError('RUNTIME_HOST_UNAVAILABLE', 'No plugin host is running.')
    pool.introduce(host, bundle)
    await this.#requests.send(host, bundle, 'load')
  }

  #submit(attempt: HostedAttempt): void {
    const pool = this.#pools.get(attempt.bundle)
    if (pool !== undefined) {
      pool.submit(attempt)
      return
    }
    this.#pools.ready(attempt.bundle).then(
      (opened) => {
        if (!attempt.isEnded) opened.submit(attempt)
      },
      (error: unknown) => attempt.end({ status: 'FAILED', error: serializeError(error), retryable: true }),
    )
  }

  #onAttemptMessage(
    pool: HostPool,
    host: HostProcess,
    attempt: HostedAttempt,
    message: Extract<FromHost, { readonly attempt: number }>,
  ): void {
    switch (message.t) {
      case 'parked':
        if (attempt.state.at !== 'SENT') return
        attempt.state = { at: 'RUNNING', host }
        host.unstarted--
        pool.released(host)
        return
      case 'settled':
        this.#settled(pool, host, attempt, message.outcome, message.usage)
        return
      case 'call':
        this.#call(host, attempt, message)
        return
      case 'log':
        attempt.services.log(message.entries)
        return
      case 'metric':
        attempt.services.metric(message.metrics)
        return
      case 'progress':
        attempt.services.progress(message.fraction, message.message)
        return
      default:
        message satisfies never
    }
  }

  #settled(
    pool: HostPool,
    host: HostProcess,
    attempt: HostedAttempt,
    outcome: Outcome,
    usage: AttemptUsage,
  ): void {
    host.attempts.delete(attempt.number)
    if (attempt.state.at === 'SENT') host.unstarted--
    if (pool.sharing === 'nobody' && outcome.status !== 'LOST') this.#pools.clear(attempt.bundle)
    attempt.end(outcome, usage)
    // An isolate that went over its limit leaves its host in doubt: replaced as soon as the others are done.
    if (outcome.status === 'FAILED' && outcome.error.code === 'PLUGIN_OUT_OF_MEMORY') pool.retire(host)
    // Ended from outside, its code may go on in a process that has no isolates to dispose of.
    if (outcome.status === 'KILLED' && attempt.bundle.runtime === 'node') pool.retire(host)
    pool.released(host)
  }

  #call(host: HostProcess, attempt: HostedAttempt, message: Extract<FromHost, { t: 'call' }>): void {
    // A host that is sound keeps this bound by itself.
    if (attempt.pendingCalls >= MAX_PENDING_CALLS) {
      host.kill('protocol')
      return
    }
    attempt.pendingCalls++
    const { number } = attempt
    const { call, method, params } = message
    const perform = async (): Promise<void> => {
      try {
        const result = await attempt.services.call<AttemptMethod>(method, params)
        host.send({ t: 'result', attempt: number, call, resultJson: JSON.stringify(result ?? null) })
      } catch (error) {
        host.send({ t: 'fault', attempt: number, call, error: serializeError(error) })
      } finally {
        attempt.pendingCalls--
      }
    }
    void perform()
  }

  /** Asks an attempt to end, and makes it: first by its signal, then by its deadline, last by its host. */
  #stop(attempt: HostedAttempt, reason: 'killed' | 'timeout', graceMs: number): void {
    // A kill after a timeout changes what is said, a timeout after a kill does not.
    if (attempt.abort === undefined || reason === 'killed') attempt.abort = { reason }
    const { host } = attempt
    if (host === undefined) {
      for (const pool of this.#pools.all) pool.withdraw(attempt)
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

  async #unload(known: KnownBundle): Promise<void> {
    known.isUnloading = true
    if (known.running > 0) await new Promise<void>((resolve) => known.onIdle.push(resolve))
    const { host: bundle } = known
    const holders = this.#pools.all
      .flatMap((pool) => pool.hosts)
      .filter((host) => host.known.has(bundle.bundle))
    // A host that dies meanwhile has freed it as well.
    await Promise.allSettled(holders.map((host) => this.#requests.send(host, bundle, 'unload')))
    await this.#pools.forget(bundle)
    this.#bundles.delete(known)
  }

  #watch(): void {
    const nowMs = performance.now()
    for (const pool of this.#pools.all) pool.watch(nowMs)
  }
}
