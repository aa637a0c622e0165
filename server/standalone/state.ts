import { createUserService, type UserService } from '@pinion/core/identity'
import { NamespaceService } from '@pinion/core/namespace'
import { createLocalStorage, type Storage } from '@pinion/core/storage'
import { openStore, type Store, type StoreOptions } from '@pinion/core/store'
import type { Datasource, ServerConfig } from '../config/index.ts'
import type { Log } from '../log/index.ts'

/** What outlives the process, and the services directly above it. */
export interface ServerState {
  readonly store: Store
  readonly storage: Storage
  readonly users: UserService
  readonly namespaces: NamespaceService
  close(): Promise<void>
}

/** @throws StoreError, StorageError if database or folder cannot be used */
export async function openState(config: ServerConfig, log: Log): Promise<ServerState> {
  const store = await openStore(storeOptions(config.datasource))
  try {
    const storage = await createLocalStorage({ directory: config.storage.local.basePath })
    const users = createUserService({
      users: store.users,
      tokens: store.tokens,
      onTouchFailed: (error) => log.warn('The last use of tokens could not be written.', { error }),
    })
    return {
      store,
      storage,
      users,
      namespaces: new NamespaceService(store.namespaces),
      close: async () => {
        await users.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

function storeOptions(datasource: Datasource): StoreOptions {
  switch (datasource.kind) {
    case 'sqlite':
      return { client: 'sqlite', file: datasource.path }
    case 'mysql': {
      const { host, port, database, username, password, maxConnections } = datasource
      return { client: 'mysql', host, port, database, user: username, password, poolSize: maxConnections }
    }
    default:
      return datasource satisfies never
  }
}
