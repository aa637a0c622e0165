import { type FSWatcher, watch } from 'node:fs'
import { sep } from 'node:path'
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'

/**
 * Milliseconds of quiet before a build: editors empty a file before they write it. What comes later than that is noticed
 * by the end of the build.
 */
const QUIET_MS = 2
/** Milliseconds after which a project that never gets quiet is built as it stands. */
const MAX_WAIT_MS = 100

const IGNORED = new Set(['dist', 'node_modules', '.git', '.pinion'])

/** The changes to a plugin project that a build has not seen yet. What a build itself writes is none. */
export class ProjectChanges {
  readonly #watcher: FSWatcher
  readonly #signal: AbortSignal
  #firstAtMs: number | undefined = performance.now()
  #lastAtMs = 0
  #count = 0
  #wake: () => void = () => undefined

  /** The first take is due at once. @param signal - ends the watching */
  constructor(directory: string, signal: AbortSignal) {
    this.#signal = signal
    this.#watcher = watch(directory, { recursive: true, signal }, (_event, file) => {
      if (file !== null && !isIgnored(file)) this.#add()
    })
    this.#watcher.on('error', () => this.#wake())
    signal.addEventListener('abort', () => this.#wake(), { once: true })
  }

  /** How many changes were seen so far, taken or not. */
  get count(): number {
    return this.#count
  }

  /**
   * Whether something changed since the last take.
   *
   * @param patienceMs - milliseconds to wait for news; at the least, what the system has to tell by now is heard
   */
  async hasMore(patienceMs = 0): Promise<boolean> {
    await turn()
    if (patienceMs > 0 && this.#firstAtMs === undefined) await delay(patienceMs)
    return this.#firstAtMs !== undefined
  }

  /**
   * Waits for changes and until they are whole.
   *
   * @returns when the first of them was seen, by `performance.now()`; undefined once the signal has aborted
   */
  async take(): Promise<number | undefined> {
    while (this.#firstAtMs === undefined && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#signal.aborted || this.#firstAtMs === undefined) return undefined
    const firstAtMs = this.#firstAtMs
    for (let nowMs = performance.now(); nowMs < firstAtMs + MAX_WAIT_MS; nowMs = performance.now()) {
      const quietInMs = this.#lastAtMs + QUIET_MS - nowMs
      if (quietInMs <= 0) break
      await delay(quietInMs)
    }
    this.#firstAtMs = undefined
    return firstAtMs
  }

  /**
   * Says that what was taken is outdated already and was dropped: its changes count with those that came since.
   *
   * @returns false if they have waited too long for that: what was taken must be used
   */
  giveBack(firstAtMs: number): boolean {
    if (performance.now() > firstAtMs + MAX_WAIT_MS) return false
    this.#firstAtMs = firstAtMs
    return true
  }

  close(): void {
    this.#watcher.close()
  }

  #add(): void {
    this.#count++
    this.#lastAtMs = performance.now()
    this.#firstAtMs ??= this.#lastAtMs
    this.#wake()
  }
}

/** Generated types follow from the schemas; the temporary files of an atomic write end as their targets do. */
function isIgnored(file: string): boolean {
  return IGNORED.has(file.split(sep)[0] ?? '') || file.endsWith('.gen.ts')
}
