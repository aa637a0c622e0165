import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { codeOf, RegistryError } from '../../errors.ts'
import { WRITER_LOCK_WAIT_MS } from '../../limits.ts'

const RETRY_MS = 20

/**
 * Makes sure that one process at a time writes a registry's folder. The lock is a listening socket: the operating
 * system lets go of it whichever way its holder dies, so there is no stale lock to break by age or by process id.
 *
 * The current directory must be the registry's folder: a socket's path may have some 100 characters only, a relative one
 * always fits.
 *
 * @throws RegistryError `REGISTRY_DATA_IN_USE` if the holder does not go away in time
 */
export async function holdWriterLock(registryDir: string): Promise<Server> {
  const address =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\pinion-registry-${createHash('sha256').update(registryDir).digest('hex')}`
      : 'writer.lock'
  const deadline = Date.now() + WRITER_LOCK_WAIT_MS
  for (;;) {
    const server = await tryListen(address)
    if (server !== undefined) return server
    if (!(await isHeld(address))) await rm(address, { force: true })
    else if (Date.now() > deadline) {
      throw new RegistryError(
        'REGISTRY_DATA_IN_USE',
        `Another process serves the registry in ${registryDir}.`,
        {
          at: { file: registryDir },
          hint: 'Stop the other server, or give this one a data folder of its own.',
        },
      )
    } else await delay(RETRY_MS)
  }
}

function tryListen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy())
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen(address, () => {
      server.unref()
      resolve(server)
    })
  })
}

/** A socket file whose process has died refuses connections. */
function isHeld(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(address)
    connection.once('connect', () => {
      connection.destroy()
      resolve(true)
    })
    connection.once('error', () => resolve(false))
  })
}
