import type { OnServer } from './executions.ts'
import { listAt, valueAt } from './json-path.ts'
import { readEvents, type ServerEvent } from './server-events.ts'

const TIMEOUT_MS = 30_000

/** Follows a server's catalog of plugin versions by its events, and knows when each came. */
export class CatalogWatch implements AsyncDisposable {
  readonly #abort = new AbortController()
  readonly #seen: ServerEvent[] = []
  #news = Promise.withResolvers<void>()
  #reading: Promise<void> = Promise.resolve()

  private constructor() {}

  /** Resolves once the server follows: no change after that is missed. */
  static async open({ api }: OnServer): Promise<CatalogWatch> {
    const watch = new CatalogWatch()
    const response = await api.send('GET', '/api/v1/plugins/events', { signal: watch.#abort.signal })
    watch.#reading = watch.#read(response)
    await watch.#until((data) => valueAt(data, 'generation') !== undefined, 'the catalog')
    return watch
  }

  /** @returns when the version became active, as `performance.now()` counts */
  whenActive(packageName: string, version: string): Promise<number> {
    return this.#until(
      (data) =>
        [...changes(data, 'added'), ...changes(data, 'changed')].some(
          (change) => isVersion(change, packageName, version) && valueAt(change, 'state') === 'ACTIVE',
        ),
      `${packageName}@${version}`,
    )
  }

  /** @returns when the version was gone, as `performance.now()` counts */
  whenRemoved(packageName: string, version: string): Promise<number> {
    return this.#until(
      (data) => changes(data, 'removed').some((change) => isVersion(change, packageName, version)),
      `the end of ${packageName}@${version}`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#reading
  }

  async #until(isIt: (data: unknown) => boolean, what: string): Promise<number> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`No event told of ${what}.`)), TIMEOUT_MS)
    })
    try {
      for (;;) {
        const found = this.#seen.find(({ data }) => isIt(data))
        if (found !== undefined) return found.atMs
        await Promise.race([this.#news.promise, late])
      }
    } finally {
      clearTimeout(timer)
    }
  }

  async #read(response: Response): Promise<void> {
    try {
      for await (const event of readEvents(response)) {
        this.#seen.push(event)
        this.#news.resolve()
        this.#news = Promise.withResolvers()
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error
    }
  }
}

function changes(data: unknown, list: string): readonly unknown[] {
  return valueAt(data, list) === undefined ? [] : listAt(data, list)
}

function isVersion(change: unknown, packageName: string, version: string): boolean {
  return valueAt(change, 'packageName') === packageName && valueAt(change, 'version') === version
}
