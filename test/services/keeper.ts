import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { mariadb } from './mariadb.ts'
import { nats } from './nats.ts'
import type { Connection, Service } from './service.ts'

/** What a keeper says on stdout, in one line. */
export type KeeperAnswer =
  | { readonly state: 'running'; readonly connection: Connection }
  | { readonly state: 'missing'; readonly binary: string }
  | { readonly state: 'failed'; readonly message: string }

// A process of its own between the test run and the service. Its stdin ends when the test run ends, however that
// happens (Ctrl-C, a crash, kill -9): then it stops the service and removes its files.
const SERVICES: Readonly<Record<string, Service>> = { mariadb, nats }
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
const parentIsGone = new Promise<void>((resolve) => {
  process.stdin.resume().once('end', resolve).once('error', resolve)
})

const service = SERVICES[process.argv[2] ?? '']
if (service === undefined) throw new Error(`There is no service "${process.argv[2]}".`)
const missing = service.binaries.find((binary) => findBinary(binary) === undefined)
if (missing === undefined) await keep(service)
else answer({ state: 'missing', binary: missing })
process.exit()

async function keep({ name, start }: Service): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `pinion-${name}-`))
  try {
    const running = await start(folder, (binary) => findBinary(binary) ?? binary)
    answer({ state: 'running', connection: running.connection })
    await parentIsGone
    await running.stop()
  } catch (error) {
    answer({ state: 'failed', message: error instanceof Error ? error.message : String(error) })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function answer(answer: KeeperAnswer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

function findBinary(name: string): string | undefined {
  // Set to test against binaries that lie elsewhere. Servers often lie outside of a user's PATH.
  const path =
    process.env['PINION_SERVICE_PATH'] ??
    [process.env['PATH'], '/usr/sbin', '/usr/local/sbin'].join(delimiter)
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file))
}
