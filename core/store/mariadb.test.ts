import { test } from 'vitest'
import { requestMariadb } from '../../test/services/index.ts'
import { describeStore } from './conformance/conformance.ts'
import { openStore } from './open.ts'

const server = await requestMariadb()

if (server === undefined) {
  test.skip('MariaDB keeps the store contract (skipped: mariadbd is not installed)', () => {})
} else {
  const { socketPath, user, password } = server
  describeStore('MariaDB', async () => {
    const database = await server.createDatabase()
    return {
      open: () => openStore({ client: 'mysql', socketPath, user, password, database }),
      remove: () => server.dropDatabase(database),
    }
  })
}
