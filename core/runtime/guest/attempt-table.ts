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
  readonly outputBytes: number
  readonly calls = new Map<number, PendingCall>()
  readonly timers = new Map<number, GuestTimer>()
  warning: string | undefined
  abortReason: string | undefined
  /** Told when the attempt is asked to stop. */
  readonly onAbort: ((reason: string) => void)[] = []

  constructor(attempt: number, outputBytes: number) {
    this.attempt = attempt
    this.outputBytes = outputBytes
  }
}

/** The owner of what is begun while a bundle is evaluated: it may set timers and nothing else. */
export const LOAD_SCOPE = 0

export class AttemptTable {
  /** The attempt whose code is running. Always right: code resumes only through an entry that names its attempt. */
  current = LOAD_SCOPE
  readonly #attempts = new Map<number, GuestAttempt>([[LOAD_SCOPE, new GuestAttempt(LOAD_SCOPE, 0)]])

  get(attempt: number): GuestAttempt | undefined {
    return this.#attempts.get(attempt)
  }

  begin(attempt: number, outputBytes: number): GuestAttempt {
    const record = new GuestAttempt(attempt, outputBytes)
    this.#attempts.set(attempt, record)
    return record
  }

  end(attempt: number): void {
    this.#attempts.delete(attempt)
  }
}
