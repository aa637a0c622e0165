import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { RegistryLogLine, RegistryProcessOptions } from '../embedded/options.ts'
import type { RegistryEvent, RegistryIdentity } from '../embedded/protocol.ts'
import { type RegistryProcess, startRegistryProcess } from '../embedded/registry-process.ts'
import { packageTarball, publishBody } from './tarballs.ts'

export interface NpmResult {
  readonly code: number | null
  readonly output: string
}

const USERS: Readonly<Record<string, RegistryIdentity>> = {
  alice: { username: 'alice', isAdmin: false, canPublish: true },
  bob: { username: 'bob', isAdmin: false, canPublish: true },
  rita: { username: 'rita', isAdmin: false, canPublish: false },
  root: { username: 'root', isAdmin: true, canPublish: true },
}

/**
 * The embedded registry behind a plain HTTP server of its own, in temporary folders, with users alice, bob (who may
 * publish), rita (who may not) and root (an administrator). A user's first token is `token-<name>`; the password is
 * `password-<name>`.
 */
export class LiveRegistry implements AsyncDisposable {
  readonly tokens = new Map(Object.keys(USERS).map((name) => [`token-${name}`, name]))
  readonly events: RegistryEvent[] = []
  readonly log: RegistryLogLine[] = []
  readonly inUse = new Map<string, string>()
  readonly root: string
  readonly dataDir: string
  registry: RegistryProcess
  readonly #options: Partial<RegistryProcessOptions>
  readonly #server: Server

  private constructor(root: string, options: Partial<RegistryProcessOptions>) {
    this.root = root
    this.dataDir = join(root, 'data')
    this.#options = options
    this.registry = this.#open()
    this.#server = createServer((request, response) => {
      void this.registry.handle(request, response, this.#identify(request))
    })
  }

  static async start(options: Partial<RegistryProcessOptions> = {}): Promise<LiveRegistry> {
    const live = new LiveRegistry(await mkdtemp(join(tmpdir(), 'pinion-live-registry-')), options)
    await new Promise<void>((resolve) => live.#server.listen(0, '127.0.0.1', resolve))
    await live.registry.start()
    return live
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The test server does not listen.')
    return address.port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/registry/`
  }

  /** As after a restart of the server on the same data. */
  async reopen(): Promise<void> {
    await this.registry.close()
    this.registry = this.#open()
    await this.registry.start()
  }

  fetch(path: string, user: string | undefined, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (user !== undefined) headers.set('authorization', `Bearer token-${user}`)
    if (init.body != null && !headers.has('content-type')) headers.set('content-type', 'application/json')
    return fetch(new URL(path, this.url), { ...init, headers })
  }

  put(path: string, user: string | undefined, body: unknown): Promise<Response> {
    return this.fetch(path, user, { method: 'PUT', body: JSON.stringify(body) })
  }

  publish(
    name: string,
    version: string,
    user: string,
    bytes = packageTarball(name, version),
  ): Promise<Response> {
    return this.put(escapeName(name), user, publishBody(name, version, bytes))
  }

  /** Writes a package's folder and returns its path. */
  async packageFolder(manifest: { name: string; version: string }, files: Record<string, string> = {}) {
    const folder = await mkdtemp(join(this.root, 'package-'))
    const all = { 'package.json': JSON.stringify(manifest, null, 2), ...files }
    for (const [path, content] of Object.entries(all)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), content)
    }
    return folder
  }

  /** Runs the npm client in a home of its own, with the user's first token unless `token` says otherwise. */
  async npm(
    user: string | undefined,
    args: readonly string[],
    options: { cwd?: string; token?: string; answers?: readonly string[] } = {},
  ): Promise<NpmResult> {
    const home = await mkdtemp(join(this.root, 'home-'))
    const userConfig = join(home, '.npmrc')
    const token = options.token ?? (user === undefined ? undefined : `token-${user}`)
    const auth = token === undefined ? '' : `//127.0.0.1:${this.port}/registry/:_authToken=${token}\n`
    await writeFile(userConfig, auth)
    const child = spawn('npm', args, {
      cwd: options.cwd ?? home,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        npm_config_userconfig: userConfig,
        npm_config_globalconfig: join(home, 'global-npmrc'),
        npm_config_cache: join(home, 'cache'),
        npm_config_registry: this.url,
        npm_config_update_notifier: 'false',
        npm_config_fund: 'false',
        npm_config_fetch_retries: '0',
      },
    })
    const answers = [...(options.answers ?? [])]
    let output = ''
    const take = (chunk: Buffer): void => {
      output += chunk.toString()
      // Each prompt is answered when it is asked: what comes earlier, npm throws away.
      if (/(?:Username|Password|Email).*:\s*$/.test(output) && answers.length > 0) {
        output += '\n'
        child.stdin.write(`${answers.shift()}\n`)
      }
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    if (answers.length === 0) child.stdin.end()
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, output }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    await this.registry.close()
    await rm(this.root, { recursive: true, force: true })
  }

  #open(): RegistryProcess {
    const registry = startRegistryProcess({
      dataDir: this.dataDir,
      log: (line) => this.log.push(line),
      login: async (username, password) => {
        if (password !== `password-${username}`) return { outcome: 'refused' }
        const token = `minted-${username}-${this.tokens.size}`
        this.tokens.set(token, username)
        return { outcome: 'granted', token }
      },
      revoke: async (token) => void this.tokens.delete(token),
      mayUnpublish: async (name, version) => {
        const reason = this.inUse.get(`${name}@${version}`)
        return reason === undefined ? { allowed: true } : { allowed: false, reason }
      },
      ...this.#options,
    })
    registry.on('published', (event) => this.events.push(event))
    registry.on('unpublished', (event) => this.events.push(event))
    registry.on('distTagsChanged', (event) => this.events.push(event))
    registry.on('deprecated', (event) => this.events.push(event))
    return registry
  }

  #identify(request: IncomingMessage): RegistryIdentity | undefined {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const name = token === undefined ? undefined : this.tokens.get(token)
    return name === undefined ? undefined : USERS[name]
  }
}

export function escapeName(name: string): string {
  return name.replace('/', '%2f')
}
