import { FLUSH_INTERVAL_MS, MAX_BUFFERED_ROWS } from '../limits.ts'

/**
 * Gathers rows that leave sideways (logs, metrics) and writes them in bulk, off the path of executions. When the store
 * is slower than the rows come, `ready` makes their producers wait.
 */
export class RecordBuffer<Row> {
  readonly #write: (rows: readonly Row[]) => Promise<void>
  readonly #onError: (error: unknown, lost: number) => void
  #rows: Row[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined

  /** @param onError - told when rows could not be written, and how many were given up */
  constructor(
    write: (rows: readonly Row[]) => Promise<void>,
    onError: (error: unknown, lost: number) => void,
  ) {
    this.#write = write
    this.#onError = onError
  }

  push(rows: readonly Row[]): void {
    for (const row of rows) this.#rows.push(row)
    if (this.#rows.length >= MAX_BUFFERED_ROWS) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_INTERVAL_MS)
  }

  /** Resolves when there is room again; at once while there is. */
  ready(): Promise<void> | undefined {
    return this.#rows.length >= MAX_BUFFERED_ROWS ? this.flush() : undefined
  }

  /** Resolves when every row pushed so far is written or given up. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    while (this.#rows.length > 0 || this.#writing) {
      this.#writing ??= this.#writeAll().finally(() => {
        this.#writing = undefined
      })
      await this.#writing
    }
  }

  async #writeAll(): Promise<void> {
    const rows = this.#rows
    this.#rows = []
    if (rows.length === 0) return
    try {
      await this.#write(rows)
    } catch (error) {
      this.#onError(error, rows.length)
    }
  }
}
