import type { CallAnswer } from './realm.ts'

export interface PendingCall {
  readonly resolve: (answer: CallAnswer) => void
  readonly reject: (error: unknown) => void
}

export interface GuestTimer {
  readonly callback: (...args: unknown[]) => void
  readonly args: readonly unknown[]
  readonly repeats: boolean
}

/** What runs in this realm. All that an attempt began is dropped with it, so that nothing of it can resume. */
export class GuestAttempt {
  readonly attempt: number
  readonly method: string
  readonly outputBytes: number
  warning: string | undefined
  abortReason: string | undefined
  #calls: Map<number, PendingCall> | undefined
  #timers: Map<number, GuestTimer> | undefined
  #onAbort: Set<(reason: string) => void> | undefined

  constructor(attempt: number, method: string, outputBytes: number) {
    this.attempt = attempt
    this.method = method
    this.outputBytes = outputBytes
  }

  // Made when they are first needed: most attempts need none of them.

  get calls(): Map<number, PendingCall> {
    this.#calls ??= new Map()
    return this.#calls
  }

  get timers(): Map<number, GuestTimer> {
    this.#timers ??= new Map()
    return this.#timers
  }

  /** Told when the attempt is asked to stop. */
  get onAbort(): Set<(reason: string) => void> {
    this.#onAbort ??= new Set()
    return this.#onAbort
  }
}

/** The owner of what is begun while a bundle is evaluated: it may set timers and nothing else. */
export const LOAD_SCOPE = 0

export class AttemptTable {
  /** The attempt whose code is running. Always right: code resumes only through an entry that names its attempt. */
  current = LOAD_SCOPE
  readonly #attempts = new Map<number, GuestAttempt>([[LOAD_SCOPE, new GuestAttempt(LOAD_SCOPE, '', 0)]])

  get(attempt: number): GuestAttempt | undefined {
    return this.#attempts.get(attempt)
  }

  begin(attempt: number, method: string, outputBytes: number): GuestAttempt {
    const record = new GuestAttempt(attempt, method, outputBytes)
    this.#attempts.set(attempt, record)
    return record
  }

  /** @returns false if it has ended already */
  end(attempt: number): boolean {
    return this.#attempts.delete(attempt)
  }
}
