import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where test files ask for services: `GET <url>/<name>`. */
    servicesUrl: string
  }
}

interface Keeper {
  readonly child: ChildProcess
  /** JSON of a `KeeperAnswer`. */
  readonly answer: Promise<string>
}

/** Once a test run. Nothing is started until a test file asks, so that a run that needs no service pays for none. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const keepers = new Map<string, Keeper>()
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1)
    const keeper = keepers.get(name) ?? startKeeper(name)
    keepers.set(name, keeper)
    keeper.answer.then(
      (answer) => response.end(answer),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  project.provide('servicesUrl', `http://127.0.0.1:${address.port}`)

  return async () => {
    server.close()
    server.closeAllConnections()
    await Promise.all([...keepers.values()].map(stopKeeper))
  }
}

function startKeeper(name: string): Keeper {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'keeper.ts'), name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const answer = new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`The keeper of ${name} ended with ${code}.`)))
    createInterface({ input: child.stdout }).once('line', resolve)
  })
  return { child, answer }
}

async function stopKeeper({ child }: Keeper): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.stdin?.end()
  await ended
}
