import { Agent, request } from 'node:http'

/** Posts to one address over connections that stay open. A whole answer with a status of success is all it asks for. */
export class LoadClient implements Disposable {
  readonly #url: URL
  readonly #headers: Readonly<Record<string, string>>
  readonly #agent: Agent

  constructor(url: string, connections: number, headers: Readonly<Record<string, string>> = {}) {
    this.#url = new URL(url)
    this.#headers = headers
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /** Milliseconds. */
  post(): Promise<number> {
    const startedAtMs = performance.now()
    return new Promise((resolve, reject) => {
      const sent = request(
        this.#url,
        { method: 'POST', agent: this.#agent, headers: { ...this.#headers, 'content-length': '0' } },
        (response) => {
          const { statusCode = 0 } = response
          let text = ''
          response.setEncoding('utf8').on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => {
            if (statusCode >= 300 || !text.includes('"SUCCESS"')) {
              reject(new Error(`${this.#url.pathname} answered ${statusCode}: ${text.slice(0, 500)}`))
            } else resolve(performance.now() - startedAtMs)
          })
        },
      )
      sent.on('error', reject).end()
    })
  }

  /** Posts over `connections` at once, each as soon as it was answered. @returns answers per second */
  async rate(connections: number, durationMs: number): Promise<number> {
    const startedAtMs = performance.now()
    let answers = 0
    const lane = async () => {
      while (performance.now() - startedAtMs < durationMs) {
        await this.post()
        answers++
      }
    }
    await Promise.all(Array.from({ length: connections }, lane))
    return (answers * 1000) / (performance.now() - startedAtMs)
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}
