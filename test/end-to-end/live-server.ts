import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addUsers,
  HttpApi,
  publishByApi,
  type ServerProcess,
  type SharedDatabase,
  startServerProcess,
  storeOptionsOf,
  textAt,
} from '@pinion/tools/demo'
import { type EchoPlugin, echoTarball } from './echo-plugin.ts'

export const EDITORS = ['edith', 'edgar'] as const
const PASSWORD = 'another horse, another battery'

/** A real server as a process of its own, which can be killed and started again on the same data. */
export class LiveServer implements AsyncDisposable {
  readonly root: string
  readonly #database: SharedDatabase | undefined
  #process: ServerProcess

  private constructor(root: string, database: SharedDatabase | undefined, process: ServerProcess) {
    this.root = root
    this.#database = database
    this.#process = process
  }

  /** @param database - default: SQLite in the data folder */
  static async start(database?: SharedDatabase): Promise<LiveServer> {
    const root = await mkdtemp(join(tmpdir(), 'pinion-end-to-end-'))
    try {
      const users = EDITORS.map((username) => ({ username, password: PASSWORD, role: 'editor' }) as const)
      await addUsers(storeOptionsOf(join(root, 'data/pinion.db'), database), users)
      return new LiveServer(root, database, await startOn(root, database))
    } catch (error) {
      await rm(root, { recursive: true, force: true })
      throw error
    }
  }

  get process(): ServerProcess {
    return this.#process
  }

  /** As the administrator. */
  get api(): HttpApi {
    return new HttpApi(this.#process.url, this.#process.admin)
  }

  /** As one of the editors, who may publish and save flows. */
  apiOf(editor: (typeof EDITORS)[number]): HttpApi {
    return new HttpApi(this.#process.url, `${editor}:${PASSWORD}`)
  }

  async tokenOf(api: HttpApi): Promise<string> {
    return textAt(await api.expect('POST', '/api/v1/tokens', { json: { name: 'test' } }), 'token')
  }

  /** Publishes an echo plugin. @returns the status of the answer */
  async publish(token: string, plugin: EchoPlugin): Promise<number> {
    const { name, version } = plugin
    return (await publishByApi(this.api, token, { name, version, tarball: echoTarball(plugin) })).status
  }

  /** After a kill: on the same data, on another port. */
  async startAgain(): Promise<void> {
    this.#process = await startOn(this.root, this.#database)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop()
    await rm(this.root, { recursive: true, force: true })
  }
}

function startOn(root: string, database: SharedDatabase | undefined): Promise<ServerProcess> {
  const env: Record<string, string> =
    database === undefined
      ? {}
      : {
          PINION_DATASOURCES_MYSQL_URL: `mysql://${database.host}:${database.port}/${database.database}`,
          PINION_DATASOURCES_MYSQL_USERNAME: database.user,
          PINION_DATASOURCES_MYSQL_PASSWORD: database.password,
        }
  return startServerProcess({ dataDir: join(root, 'data'), env })
}
