import { randomBytes } from 'node:crypto'
import { createConnection } from 'mysql2/promise'
import { requestService } from './request.ts'

export interface MariadbServer {
  readonly socketPath: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** A new, empty database. @returns its name */
  createDatabase(): Promise<string>
  dropDatabase(name: string): Promise<void>
  /** Runs one statement as root. */
  run(statement: string): Promise<void>
}

/** The MariaDB of this test run; undefined if the machine has none. */
export async function requestMariadb(): Promise<MariadbServer | undefined> {
  const connection = await requestService('mariadb')
  if (connection === undefined) return undefined
  const server = {
    socketPath: String(connection['socketPath']),
    port: Number(connection['port']),
    user: String(connection['user']),
    password: String(connection['password']),
  }
  const run = async (statement: string): Promise<void> => {
    const { socketPath, user, password } = server
    const client = await createConnection({ socketPath, user, password })
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  return {
    ...server,
    run,
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`
      await run(`CREATE DATABASE ${name}`)
      return name
    },
    dropDatabase: (name) => run(`DROP DATABASE ${name}`),
  }
}
