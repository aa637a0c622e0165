import { EventEmitter, once } from 'node:events'
import type { BuildFault, BuildResult } from '@pinion/plugin-sdk/build'
import { type Push, runDevSession } from '../../cli/plugin-project/dev-session.ts'

/** A development session that tells when a save is live, as the terminal of `pinion plugin dev` does. */
export class DevSaves implements AsyncDisposable {
  readonly #events = new EventEmitter()
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>

  constructor(directory: string, push: Push) {
    const fail = (error: Error) => this.#events.emit('error', error)
    this.#ended = runDevSession(
      directory,
      push,
      {
        live: (result) => this.#events.emit('live', result),
        refused: (faults) => fail(new Error(`Refused: ${textOf(faults)}`)),
        rejected: (error) => fail(error instanceof Error ? error : new Error(String(error))),
        typed: (faults) => {
          if (faults.length > 0) fail(new Error(`Badly typed: ${textOf(faults)}`))
          else this.#events.emit('typed')
        },
      },
      this.#stop.signal,
    )
  }

  /** The next build that is live and checked. */
  async next(): Promise<BuildResult> {
    const typed = once(this.#events, 'typed')
    const [result] = await once(this.#events, 'live')
    await typed
    return result
  }

  /** Milliseconds from the file write until the server runs the new code. Waits for the type check that follows. */
  async measure(save: () => Promise<void>): Promise<number> {
    const live = once(this.#events, 'live')
    const typed = once(this.#events, 'typed')
    typed.catch(() => undefined)
    const startedAtMs = performance.now()
    await save()
    await live
    const spentMs = performance.now() - startedAtMs
    await typed
    return spentMs
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }
}

function textOf(faults: readonly BuildFault[]): string {
  return faults.map(({ file, line, message }) => `${file}:${line} ${message}`).join('; ')
}
