import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveConfig } from '../../config/index.ts'
import type { Log } from '../../log/index.ts'
import type { StartEvent } from '../start-event.ts'
import { type RunningServer, startServer } from '../start-server.ts'

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }

/** Whatever JSON came back, to be looked into by tests. */
export interface Answer<Body> {
  readonly status: number
  readonly body: Body
}

/** A real server on a free port in a folder of its own. */
export class LiveServer implements AsyncDisposable {
  readonly root: string
  readonly told: StartEvent[] = []
  #server: RunningServer | undefined

  private constructor(root: string) {
    this.root = root
  }

  static async create(): Promise<LiveServer> {
    return new LiveServer(await mkdtemp(join(tmpdir(), 'pinion-server-')))
  }

  get url(): string {
    return this.#server?.url ?? ''
  }

  async start(
    officialPlugins: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    this.told.length = 0
    const { config } = resolveConfig({
      environment,
      overrides: [
        { key: 'dataDir', value: join(this.root, 'data'), source: 'test' },
        { key: 'server.port', value: 0, source: 'test' },
        { key: 'server.terminationGracePeriod', value: '1s', source: 'test' },
      ],
    })
    this.#server = await startServer(config, {
      log: silent,
      version: '0.0.0',
      officialPlugins,
      officialLibraries: [],
      tell: (event) => this.told.push(event),
    })
  }

  async stop(): Promise<void> {
    await this.#server?.close()
    this.#server = undefined
  }

  heard<Type extends StartEvent['type']>(type: Type): Extract<StartEvent, { type: Type }> | undefined {
    return this.told.find((event): event is Extract<StartEvent, { type: Type }> => event.type === type)
  }

  /** @param authorization - the header; absent for nobody */
  async call<Body>(
    path: string,
    authorization: string | undefined,
    init: RequestInit = {},
  ): Promise<Answer<Body>> {
    const headers = new Headers(init.headers)
    if (authorization !== undefined) headers.set('authorization', authorization)
    const response = await fetch(this.url + path, { ...init, headers })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await rm(this.root, { recursive: true, force: true })
  }
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
