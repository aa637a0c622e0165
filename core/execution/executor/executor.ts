import { PinionError, serializeError } from '../../errors/index.ts'
import type { CompiledFlow } from '../../flow/index.ts'
import { newId } from '../../id/index.ts'
import { ExecutionError } from '../errors.ts'
import type { Effect, ExecutionEvent } from '../events.ts'
import { BATCH_EVENTS, MAX_ACCEPTED, START_WRITE_DELAY_MS } from '../limits.ts'
import type { ExecutionRecord } from '../model.ts'
import { reduce } from '../reducer.ts'
import type { ExecutionRepository } from '../repository.ts'
import { ChangeSet } from './change-set.ts'
import type { LiveExecution, LiveExecutions } from './live-executions.ts'

/** Where effects go. Called when they are durable; must not throw. */
export interface EffectHandler {
  handle(effect: Effect, live: LiveExecution): void
  /** An execution or its task runs changed. */
  changed(live: LiveExecution): void
}

export interface ExecutorLog {
  error(message: string, fields: Readonly<Record<string, unknown>>): void
  warn(message: string, fields: Readonly<Record<string, unknown>>): void
}

interface Acknowledgement {
  resolve(): void
  reject(error: unknown): void
}

type Pending =
  | {
      readonly kind: 'create'
      readonly execution: ExecutionRecord
      readonly flow: CompiledFlow
      readonly ack: Acknowledgement
    }
  | {
      readonly kind: 'event'
      readonly tenant: string
      readonly executionId: string
      readonly event: ExecutionEvent
      readonly ack?: Acknowledgement
    }

/** What one batch does to one execution. */
interface Share {
  readonly live: LiveExecution
  readonly changes: ChangeSet
  readonly effects: Effect[]
  readonly acks: Acknowledgement[]
}

/**
 * Feeds events through the reducer and makes the result durable: all that waits, for however many executions, in one
 * transaction. Nothing is acknowledged, and no effect leaves, before its rows are committed.
 */
export class Executor {
  readonly #live: LiveExecutions
  readonly #executions: ExecutionRepository
  readonly #effects: EffectHandler
  readonly #log: ExecutorLog
  readonly #inbox: Pending[] = []
  /** Starts of attempts: written with whatever comes next, so that a short attempt costs one write and not two. */
  #starts: Pending[] = []
  #startTimer: NodeJS.Timeout | undefined
  #creating = 0
  #draining: Promise<void> | undefined
  #isClosed = false

  constructor(
    live: LiveExecutions,
    executions: ExecutionRepository,
    effects: EffectHandler,
    log: ExecutorLog,
  ) {
    this.#live = live
    this.#executions = executions
    this.#effects = effects
    this.#log = log
  }

  /** @returns when the execution is durable. @throws ExecutionError `EXECUTION_BACKPRESSURE`, `EXECUTION_ENGINE_CLOSED` */
  create(execution: ExecutionRecord, flow: CompiledFlow): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed())
    if (this.#creating >= MAX_ACCEPTED) {
      return Promise.reject(
        new ExecutionError(
          'EXECUTION_BACKPRESSURE',
          'More executions are waiting to be started than this server takes.',
          {
            hint: 'Try again in a moment.',
          },
        ),
      )
    }
    this.#creating++
    return new Promise<void>((resolve, reject) => {
      this.#push({ kind: 'create', execution, flow, ack: { resolve, reject } })
    }).finally(() => {
      this.#creating--
    })
  }

  /** @returns when what the event changed is durable. */
  request(tenant: string, executionId: string, event: ExecutionEvent): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      this.#push({ kind: 'event', tenant, executionId, event, ack: { resolve, reject } })
    })
  }

  /** Takes an event whose sender does not wait. After `close` it is dropped: the rows say what a restart must do. */
  post(tenant: string, executionId: string, event: ExecutionEvent): void {
    if (this.#isClosed) return
    const pending: Pending = { kind: 'event', tenant, executionId, event }
    if (event.type !== 'attemptStarted') {
      this.#push(pending)
      return
    }
    this.#starts.push(pending)
    this.#startTimer ??= setTimeout(() => this.#wake(), START_WRITE_DELAY_MS)
  }

  /** Writes what waits, then takes no more. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#startTimer)
    this.#wake()
    await this.#draining
  }

  #push(pending: Pending): void {
    this.#inbox.push(pending)
    this.#wake()
  }

  #wake(): void {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined
      if (this.#inbox.length > 0) this.#wake()
    })
  }

  async #drain(): Promise<void> {
    do {
      // One turn of the event loop: what arrives together is committed together.
      await new Promise((resolve) => setImmediate(resolve))
      clearTimeout(this.#startTimer)
      this.#startTimer = undefined
      const batch = this.#starts.concat(this.#inbox.splice(0, BATCH_EVENTS))
      this.#starts = []
      const shares = new Map<string, Share>()
      for (const pending of batch) await this.#reduce(pending, shares)
      await this.#commit([...shares.values()])
    } while (this.#inbox.length > 0)
  }

  async #reduce(pending: Pending, shares: Map<string, Share>): Promise<void> {
    try {
      const executionId = pending.kind === 'create' ? pending.execution.executionId : pending.executionId
      let share = shares.get(executionId)
      if (share === undefined) {
        const live = await this.#find(pending)
        share = { live, changes: new ChangeSet(), effects: [], acks: [] }
        shares.set(executionId, share)
      }
      if (pending.kind === 'create') share.changes.insert(pending.execution)
      const event =
        pending.kind === 'create' ? ({ type: 'advance', atMs: Date.now() } as const) : pending.event
      const reduction = reduce(share.live.state, event, newId)
      share.live.state.apply(reduction)
      share.changes.add(reduction)
      share.effects.push(...reduction.effects)
      if (pending.ack) share.acks.push(pending.ack)
    } catch (error) {
      if (pending.ack) pending.ack.reject(error)
      else if (pending.kind === 'event') this.#unreachable(pending, error)
    }
  }

  async #find(pending: Pending): Promise<LiveExecution> {
    if (pending.kind === 'create') return this.#live.add(pending.flow, pending.execution)
    const { tenant, executionId, event } = pending
    const live =
      this.#live.get(executionId) ??
      (event.type === 'abandoned'
        ? await this.#live.loadOrphan(tenant, executionId)
        : await this.#live.load(tenant, executionId))
    if (live) return live
    throw new ExecutionError('EXECUTION_NOT_FOUND', `There is no execution ${executionId}.`)
  }

  /** An event for an execution that cannot be brought into memory: it is on disk, and a restart will find it. */
  #unreachable(pending: Extract<Pending, { kind: 'event' }>, error: unknown): void {
    this.#log.error('An event could not be applied.', {
      executionId: pending.executionId,
      event: pending.event.type,
      error: serializeError(error),
    })
  }

  async #commit(shares: readonly Share[]): Promise<void> {
    const all = new ChangeSet()
    for (const share of shares) all.merge(share.changes)
    if (all.isEmpty) return this.#release(shares)
    try {
      await this.#write(all)
      this.#release(shares)
    } catch (error) {
      // One execution's row may be what the store refuses; the others must not suffer for it.
      if (shares.length > 1) {
        for (const share of shares) await this.#commit([share])
      } else {
        for (const share of shares) this.#refuse(share, error)
      }
    }
  }

  /** Writes until the store takes it: memory is ahead of it, so there is no going on without. */
  async #write(changes: ChangeSet): Promise<void> {
    for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 5_000)) {
      try {
        return await this.#executions.commit(changes)
      } catch (error) {
        if (!(error instanceof PinionError && error.traits.retryable)) throw error
        this.#log.warn('The store cannot be written; trying again.', { waitMs, error: serializeError(error) })
        await new Promise((resolve) => setTimeout(resolve, waitMs))
      }
    }
  }

  #release(shares: readonly Share[]): void {
    for (const { live, changes, effects, acks } of shares) {
      for (const ack of acks) ack.resolve()
      if (!changes.isEmpty) this.#effects.changed(live)
      for (const effect of effects) {
        if (effect.type === 'settled') this.#live.evict(live.state.execution.executionId)
        this.#effects.handle(effect, live)
      }
    }
  }

  /** The store will not have this execution's rows. Its memory is dropped; if it exists on disk it ends FAILED there. */
  #refuse(share: Share, error: unknown): void {
    const { tenant, executionId } = share.live.state.execution
    const isNew = share.changes.insertedExecutions.length > 0
    this.#live.evict(executionId)
    this.#log.error('The store refused the rows of an execution.', {
      executionId,
      error: serializeError(error),
    })
    for (const ack of share.acks) ack.reject(error)
    if (!isNew && !share.effects.some((effect) => effect.type === 'ended')) {
      this.post(tenant, executionId, { type: 'abandoned', atMs: Date.now(), error: serializeError(error) })
    }
  }
}

function closed(): ExecutionError {
  return new ExecutionError('EXECUTION_ENGINE_CLOSED', 'This server is shutting down.', {
    hint: 'Try again in a moment.',
  })
}
