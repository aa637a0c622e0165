import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface ServerProcess {
  readonly url: string
  readonly pid: number
  /** `name:password` */
  readonly admin: string
  /** Everything it wrote so far, a line each. */
  readonly lines: readonly string[]
  /** From the start of the process to its being ready. */
  readonly readyAfterMs: number
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>
  /** As `kill -9`, with everything that it started. */
  kill(): Promise<void>
  /** As `kill -9` of the server alone; what it started must notice by itself. */
  killAlone(): Promise<void>
}

export interface ServerProcessOptions {
  readonly dataDir: string
  /** Default: any free port. */
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
  /** More arguments of `pinion server standalone`. */
  readonly args?: readonly string[]
  /** Milliseconds; default 60,000. */
  readonly timeoutMs?: number
}

const PINION = join(import.meta.dirname, '../bin/pinion.js')
const ADMIN = 'admin:correct horse battery staple'

/** Starts a server as a process of its own and waits until it says that it is ready. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const startedAtMs = performance.now()
  const [username, password] = ADMIN.split(':') as [string, string]
  const child = spawn(
    process.execPath,
    [
      PINION,
      'server',
      'standalone',
      '--port',
      String(options.port ?? 0),
      '--data',
      options.dataDir,
      ...(options.args ?? []),
    ],
    {
      env: {
        ...process.env,
        PINION_ADMIN_USERNAME: username,
        PINION_ADMIN_PASSWORD: password,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that its children can be killed with it.
      detached: true,
    },
  )
  const lines: string[] = []
  const url = await whenReady(child, lines, options.timeoutMs ?? 60_000)
  const readyAfterMs = performance.now() - startedAtMs
  const end = async (signal: NodeJS.Signals, target: number) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    process.kill(target, signal)
    await exited
  }
  const pid = child.pid!
  return {
    url,
    pid,
    admin: ADMIN,
    lines,
    readyAfterMs,
    stop: () => end('SIGTERM', pid),
    kill: () => end('SIGKILL', -pid),
    killAlone: () => end('SIGKILL', pid),
  }
}

function whenReady(child: ChildProcess, lines: string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`The server ${why}:\n${lines.join('\n')}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`was not ready after ${timeoutMs} ms`)
    }, timeoutMs)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`ended with ${code ?? signal}`)
    })
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', (line) => {
        lines.push(line)
        const url = /listens on (http\S+)/.exec(line)?.[1]
        if (url === undefined) return
        clearTimeout(timer)
        resolve(url)
      })
    }
  })
}
