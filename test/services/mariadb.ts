import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, startChild, stopChild } from './child.ts'
import type { Service } from './service.ts'

/** A private MariaDB: root without a password, durable commits, everything else as fast as it goes. */
export const mariadb: Service = {
  name: 'mariadb',
  binaries: ['mariadb-install-db', 'mariadbd'],
  async start(folder, find) {
    const dataFolder = join(folder, 'data')
    const socketPath = join(folder, 'db.sock')
    const port = await freePort()
    // It refuses to run as root unless told to.
    const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
    await promisify(execFile)(find('mariadb-install-db'), [
      '--no-defaults',
      `--datadir=${dataFolder}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      ...asRoot,
    ])
    const child = await startChild(
      find('mariadbd'),
      [
        '--no-defaults',
        `--datadir=${dataFolder}`,
        `--socket=${socketPath}`,
        `--pid-file=${join(folder, 'db.pid')}`,
        `--tmpdir=${folder}`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        '--skip-name-resolve',
        '--skip-log-bin',
        '--performance-schema=off',
        '--max-connections=300',
        '--innodb-flush-log-at-trx-commit=1',
        '--innodb-buffer-pool-size=256M',
        '--innodb-log-file-size=128M',
        '--innodb-doublewrite=0',
        ...asRoot,
      ],
      (line) => line.includes('ready for connections'),
    )
    return { connection: { socketPath, port, user: 'root', password: '' }, stop: () => stopChild(child) }
  },
}
