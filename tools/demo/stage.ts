import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { addUsers, datasourceOf, type SharedDatabase, storeOptionsOf } from './database.ts'
import { HttpApi } from './http-api.ts'
import { Proofs } from './proof.ts'
import { type CommandResult, type Running, runCommand, startCommand } from './run-command.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import type { Teller } from './teller.ts'

export interface StageOptions {
  readonly teller: Teller
  /** Default: SQLite in the data folder. */
  readonly database?: SharedDatabase
}

export interface CliOptions {
  readonly cwd?: string
  /** The exit code that is right; default 0. */
  readonly exitCode?: number
  /** `name:password`; default the administrator. */
  readonly user?: string
}

export interface NpmOptions {
  readonly cwd?: string
  readonly token?: string
  readonly answers?: readonly string[]
  readonly exitCode?: number
  readonly env?: Readonly<Record<string, string>>
}

const PINION = join(import.meta.dirname, '../bin/pinion.js')
/** Somebody who may publish and save flows, but is no administrator. */
export const EDITOR = {
  username: 'edith',
  password: 'another horse, another battery',
  role: 'editor',
} as const

/**
 * Where the story plays: a throwaway server, a second one that serves as somebody else's npm registry, and a folder for
 * projects. Everything is gone when it is disposed of.
 */
export class Stage implements AsyncDisposable {
  readonly root: string
  readonly proofs: Proofs
  readonly teller: Teller
  readonly partner: ServerProcess
  readonly partnerApi: HttpApi
  readonly #database: SharedDatabase | undefined
  #server: ServerProcess
  #registryToken: string | undefined

  private constructor(
    root: string,
    { teller, database }: StageOptions,
    server: ServerProcess,
    partner: ServerProcess,
  ) {
    this.root = root
    this.teller = teller
    this.proofs = new Proofs(teller)
    this.partner = partner
    this.partnerApi = new HttpApi(partner.url, partner.admin)
    this.#database = database
    this.#server = server
  }

  static async open(options: StageOptions): Promise<Stage> {
    const root = await mkdtemp(join(tmpdir(), 'pinion-story-'))
    let partner: ServerProcess | undefined
    try {
      partner = await startServerProcess({ dataDir: join(root, 'partner') })
      const dataDir = join(root, 'data')
      await mkdir(dataDir)
      await addUsers(storeOptionsOf(join(dataDir, 'pinion.db'), options.database), [EDITOR])
      const stage = await startMain(root, options, partner, {})
      return new Stage(root, options, stage, partner)
    } catch (error) {
      await partner?.stop()
      await rm(root, { recursive: true, force: true })
      throw error
    }
  }

  get server(): ServerProcess {
    return this.#server
  }

  get api(): HttpApi {
    return new HttpApi(this.#server.url, this.#server.admin)
  }

  get dataDir(): string {
    return join(this.root, 'data')
  }

  /** Where the story's plugin is written. */
  get projectDir(): string {
    return join(this.root, 'plugin-clock')
  }

  get registryUrl(): string {
    return `${this.#server.url}/registry/`
  }

  /** Stops the server and starts it on the same data and port. @param management - below `plugins.management` */
  async restart(management: object = {}): Promise<void> {
    const port = Number(new URL(this.#server.url).port)
    await this.#server.stop()
    const database = this.#database === undefined ? {} : { database: this.#database }
    this.#server = await startMain(this.root, { teller: this.teller, ...database }, this.partner, {
      management,
      port,
    })
  }

  /** Runs `pinion`. @throws Error unless it ends with the exit code that is right */
  async pinion(args: readonly string[], options: CliOptions = {}): Promise<CommandResult> {
    this.teller.command(`pinion ${shown(args)}`)
    const result = await runCommand(process.execPath, [PINION, ...args], {
      cwd: options.cwd ?? this.root,
      env: this.#cliEnvironment(options.user),
    })
    return ended(`pinion ${args.join(' ')}`, result, options.exitCode ?? 0)
  }

  /** Starts a `pinion` command that goes on until it is interrupted. */
  startPinion(args: readonly string[], cwd: string): Running {
    this.teller.command(`pinion ${shown(args)}`)
    return startCommand(process.execPath, [PINION, ...args], { cwd, env: this.#cliEnvironment(undefined) })
  }

  /** Runs the machine's npm client. A token opens this server's registry, and is written nowhere. */
  async npm(args: readonly string[], options: NpmOptions = {}): Promise<CommandResult> {
    this.teller.command(`npm ${shown(args)}`)
    const { host } = new URL(this.#server.url)
    const token =
      options.token === undefined ? {} : { [`npm_config_//${host}/registry/:_authToken`]: options.token }
    const result = await runCommand('npm', args, {
      cwd: options.cwd ?? this.root,
      env: { npm_config_update_notifier: 'false', npm_config_fund: 'false', ...token, ...options.env },
      ...(options.answers === undefined ? {} : { answers: options.answers }),
    })
    return ended(`npm ${args.join(' ')}`, result, options.exitCode ?? 0)
  }

  /** The editor's token, from the first `npm login`. */
  async registryToken(): Promise<string> {
    if (this.#registryToken !== undefined) return this.#registryToken
    const userConfig = join(this.root, 'npmrc')
    await this.npm(['login', '--auth-type', 'legacy', '--registry', this.registryUrl], {
      answers: [EDITOR.username, EDITOR.password],
      env: { npm_config_userconfig: userConfig },
    })
    const token = /:_authToken=(.+)$/m.exec(await readFile(userConfig, 'utf8'))?.[1]
    if (token === undefined) throw new Error('npm login left no token.')
    this.#registryToken = token
    return token
  }

  /** Writes a file below the stage's folder. @returns its absolute path */
  async write(path: string, text: string): Promise<string> {
    const target = join(this.root, path)
    await mkdir(join(target, '..'), { recursive: true })
    await writeFile(target, text)
    return target
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#server.stop(), this.partner.stop()])
    await rm(this.root, { recursive: true, force: true })
  }

  #cliEnvironment(user: string | undefined): Readonly<Record<string, string>> {
    return { PINION_URL: this.#server.url, PINION_USER: user ?? this.#server.admin }
  }
}

async function startMain(
  root: string,
  { database }: StageOptions,
  partner: ServerProcess,
  { management, port }: { readonly management?: object; readonly port?: number },
): Promise<ServerProcess> {
  const dataDir = join(root, 'data')
  const [username, password] = partner.admin.split(':')
  const config = {
    ...(database === undefined ? {} : datasourceOf(database)),
    plugins: {
      ...(management === undefined ? {} : { management }),
      groups: {
        'io.kestra.plugin': '@pinion',
        'com.acme.plugin': '@acme',
        'com.partner.plugin': '@partner',
      },
      repositories: {
        partner: { url: `${partner.url}/registry/`, username, password, scopes: ['@partner'] },
      },
      defaults: [
        { type: 'com.acme.plugin.clock', values: { label: 'of the instance' } },
        { type: 'com.acme.plugin.clock.Parse', values: { audit: 'always' }, forced: true },
      ],
    },
  }
  await writeFile(join(dataDir, 'config.yaml'), stringify({ pinion: config }))
  return startServerProcess({ dataDir, ...(port === undefined ? {} : { port }) })
}

function ended(command: string, result: CommandResult, exitCode: number): CommandResult {
  if (result.code === exitCode) return result
  throw new Error(`${command} ended with ${result.code}, not ${exitCode}:\n${result.output}`)
}

function shown(args: readonly string[]): string {
  return args
    .map((arg) => (/^[\w@%+=:,./^-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`))
    .join(' ')
}
