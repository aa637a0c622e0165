import { createUserService, type NewUser } from '@pinion/core/identity'
import { openStore, type StoreOptions } from '@pinion/core/store'

/** A shared database instead of the file in the data folder. */
export interface SharedDatabase {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** The part of a configuration that names it. */
export function datasourceOf({ host, port, user, password, database }: SharedDatabase): object {
  const url = `mysql://${host}:${port}/${database}`
  return { datasources: { mysql: { url, username: user, password } } }
}

export function storeOptionsOf(file: string, shared: SharedDatabase | undefined): StoreOptions {
  return shared === undefined ? { client: 'sqlite', file } : { client: 'mysql', ...shared }
}

/** Adds users to the state of a server that does not run. */
export async function addUsers(options: StoreOptions, newUsers: readonly NewUser[]): Promise<void> {
  const store = await openStore(options)
  const users = createUserService({ users: store.users, tokens: store.tokens })
  try {
    for (const user of newUsers) await users.createUser(user)
  } finally {
    await users.close()
    await store.close()
  }
}
