import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StaticVersion {
  readonly content: Buffer
  /** Replaces what a packument would say. */
  readonly dist?: Readonly<Record<string, unknown>>
  readonly deprecated?: string
}

/** A registry of somebody else: serves what it is told, and remembers who came with which credentials. */
export class StaticRegistry implements AsyncDisposable {
  readonly packages = new Map<string, Record<string, StaticVersion>>()
  /** What answers instead, by the path's beginning. */
  readonly overrides = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>()
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[] = []
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  static async start(): Promise<StaticRegistry> {
    const registry = new StaticRegistry()
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve))
    return registry
  }

  get url(): string {
    const address: AddressInfo | string | null = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The test server does not listen.')
    return `http://127.0.0.1:${address.port}/`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '/')
    this.requests.push({ path, authorization: request.headers.authorization })
    for (const [prefix, override] of this.overrides) {
      if (path.startsWith(prefix)) return override(request, response)
    }
    const [name = '', file] = path.slice(1).split('/-/')
    const versions = this.packages.get(name)
    if (versions === undefined) return void response.writeHead(404).end('{}')
    if (file === undefined) {
      return void response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify(this.#packument(name, versions)))
    }
    const found = versions[/-(\d+\.\d+\.\d+)\.tgz$/.exec(file)?.[1] ?? '']
    response.writeHead(found === undefined ? 404 : 200).end(found?.content)
  }

  #packument(name: string, versions: Record<string, StaticVersion>) {
    const manifests = Object.entries(versions).map(([version, { content, dist, deprecated }]) => {
      const stated = {
        tarball: `${this.url}${name}/-/${name.replace(/^.*\//, '')}-${version}.tgz`,
        integrity: `sha512-${createHash('sha512').update(content).digest('base64')}`,
        ...dist,
      }
      return [version, { name, version, deprecated, dist: stated }]
    })
    return {
      name,
      'dist-tags': { latest: Object.keys(versions).at(-1) },
      versions: Object.fromEntries(manifests),
    }
  }
}
