import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { requestMariadb, requestNats } from './index.ts'

const mariadb = await requestMariadb()
const nats = await requestNats()

function startKeeper(name: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'keeper.ts'), name], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The keeper has no stdout.')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return String(line)
}

describe.skipIf(mariadb === undefined)('MariaDB for tests (skipped where mariadbd is not installed)', () => {
  test('gives every caller a database of its own', async () => {
    const one = await mariadb!.createDatabase()
    const two = await mariadb!.createDatabase()
    expect(one).not.toBe(two)
    await mariadb!.run(`CREATE TABLE ${one}.t (id INT)`)
    await mariadb!.run(`CREATE TABLE ${two}.t (id INT)`)
    await mariadb!.dropDatabase(one)
    await mariadb!.dropDatabase(two)
  })

  test('is one server for all who ask in a test run', async () => {
    expect(await requestMariadb()).toMatchObject({ port: mariadb!.port })
  })

  test('is gone with its files when whoever started it dies', async () => {
    const keeper = startKeeper('mariadb')
    const { connection } = JSON.parse(await firstLine(keeper))
    expect(existsSync(connection.socketPath)).toBe(true)
    // A Ctrl-C reaches the keeper too; it waits for the end of stdin, which comes however the parent ends.
    keeper.kill('SIGINT')
    const ended = once(keeper, 'exit')
    keeper.stdin?.destroy()
    await ended
    expect(existsSync(dirname(connection.socketPath))).toBe(false)
    const socket = connect(connection.port, '127.0.0.1')
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

test.skipIf(nats === undefined)(
  'NATS for tests greets with JetStream (skipped where it is missing)',
  async () => {
    const socket = connect(nats!.port, nats!.host)
    const [greeting] = await once(socket, 'data')
    expect(String(greeting)).toMatch(/^INFO .*"jetstream":true/)
    socket.destroy()
  },
)

test('a service that the machine lacks is named by the binary that is missing', async () => {
  const keeper = startKeeper('nats', { PINION_SERVICE_PATH: '/nowhere' })
  const ended = once(keeper, 'exit')
  expect(JSON.parse(await firstLine(keeper))).toEqual({ state: 'missing', binary: 'nats-server' })
  await ended
})
