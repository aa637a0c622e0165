import { join } from 'node:path'
import { freePort, startChild, stopChild } from './child.ts'
import type { Service } from './service.ts'

/** A private NATS server with JetStream on disk. */
export const nats: Service = {
  name: 'nats',
  binaries: ['nats-server'],
  async start(folder, find) {
    const port = await freePort()
    const child = await startChild(
      find('nats-server'),
      [
        '--addr',
        '127.0.0.1',
        '--port',
        String(port),
        '--jetstream',
        '--store_dir',
        join(folder, 'jetstream'),
      ],
      (line) => line.includes('Server is ready'),
    )
    return { connection: { host: '127.0.0.1', port }, stop: () => stopChild(child) }
  },
}
