interface CatalogEvent {
  readonly added?: readonly ChangedVersion[]
  readonly changed?: readonly ChangedVersion[]
}

interface ChangedVersion {
  readonly packageName: string
  readonly version: string
  readonly state: string
}

/** Hears of the server's plugins as they change, as a page that shows them does. */
export class CatalogWatch implements AsyncDisposable {
  readonly #stop = new AbortController()
  readonly #activeAtMs = new Map<string, number>()
  readonly #waiting = new Map<string, (atMs: number) => void>()
  #reading: Promise<void> = Promise.resolve()

  /** Resolves once the server streams. */
  static async open(url: string, authorization: string): Promise<CatalogWatch> {
    const watch = new CatalogWatch()
    const response = await fetch(new URL('/api/v1/plugins/events', url), {
      headers: { authorization, accept: 'text/event-stream' },
      signal: watch.#stop.signal,
    })
    if (!response.ok || response.body === null) throw new Error(`The catalog answered ${response.status}.`)
    watch.#reading = watch.#read(response.body)
    return watch
  }

  /** When a version became active, by `performance.now()`. */
  whenActive(packageName: string, version: string): Promise<number> {
    const key = `${packageName}@${version}`
    const known = this.#activeAtMs.get(key)
    return known === undefined
      ? new Promise((resolve) => this.#waiting.set(key, resolve))
      : Promise.resolve(known)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#reading
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = ''
    try {
      for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
        const atMs = performance.now()
        const events = (text + chunk).split('\n\n')
        text = events.pop() ?? ''
        for (const event of events) this.#take(event, atMs)
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error
    }
  }

  #take(text: string, atMs: number): void {
    const data = /^data: (.*)$/m.exec(text)?.[1]
    if (data === undefined) return
    const { added = [], changed = [] }: CatalogEvent = JSON.parse(data)
    for (const { packageName, version, state } of [...added, ...changed]) {
      if (state !== 'ACTIVE') continue
      const key = `${packageName}@${version}`
      this.#activeAtMs.set(key, atMs)
      this.#waiting.get(key)?.(atMs)
    }
  }
}
