import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRegistryErrorCode, RegistryError, type RegistryErrorCode } from '../errors.ts'
import { CLOSE_TIMEOUT_MS, START_TIMEOUT_MS } from '../limits.ts'
import { forwardLogLines } from './log-lines.ts'
import type { RegistryLogLine } from './options.ts'
import type { ChildOptions, ToChild, ToParent } from './protocol.ts'

export interface ChildListeners {
  readonly log: (line: RegistryLogLine) => void
  /** Whatever the child says once it is ready. */
  readonly message: (message: Exclude<ToParent, { type: 'ready' | 'failed' }>) => void
  /** It ended, and nobody had asked it to. */
  readonly died: (reason: string) => void
}

/** One life of the registry's process: from `spawn` to its end. */
export class RegistryChild {
  readonly socketPath: string
  readonly secret: string
  readonly startMs: number
  readonly agent: Agent
  readonly #process: ChildProcess
  #isClosing = false

  private constructor(process: ChildProcess, socketPath: string, secret: string, startMs: number) {
    this.#process = process
    this.socketPath = socketPath
    this.secret = secret
    this.startMs = startMs
    this.agent = new Agent({ keepAlive: true, maxFreeSockets: 32 })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** @throws RegistryError `REGISTRY_START_FAILED`, `REGISTRY_DATA_IN_USE` */
  static async spawn(
    options: Omit<ChildOptions, 'socketPath' | 'secret'>,
    listeners: ChildListeners,
  ): Promise<RegistryChild> {
    const socketPath = await privateSocketPath()
    const secret = randomBytes(32).toString('base64url')
    const process = forkChild()
    forwardLogLines(process, listeners.log)
    send(process, { type: 'start', options: { ...options, socketPath, secret } })
    try {
      const startMs = await untilReady(process)
      const child = new RegistryChild(process, socketPath, secret, startMs)
      child.#listen(listeners)
      return child
    } catch (error) {
      process.kill('SIGKILL')
      await removeSocket(socketPath)
      throw error
    }
  }

  send(message: ToChild): void {
    send(this.#process, message)
  }

  /** Lets requests under way finish, for a bounded time. */
  async close(): Promise<void> {
    this.#isClosing = true
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit')
      this.send({ type: 'close' })
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), CLOSE_TIMEOUT_MS)
      await ended
      clearTimeout(timer)
    }
    this.agent.destroy()
    await removeSocket(this.socketPath)
  }

  #listen(listeners: ChildListeners): void {
    this.#process.on('message', (message: ToParent) => {
      if (message.type !== 'ready' && message.type !== 'failed') listeners.message(message)
    })
    this.#process.once('exit', (code, signal) => {
      this.agent.destroy()
      if (this.#isClosing) return
      void removeSocket(this.socketPath)
      listeners.died(signal === null ? `It ended with the code ${code}.` : `It was ended by ${signal}.`)
    })
  }
}

function forkChild(): ChildProcess {
  return fork(fileURLToPath(new URL('child/main.ts', import.meta.url)), [], {
    execArgv: [],
    // Nothing of the server's environment: it may hold secrets, and Verdaccio reads variables of its own.
    env: {
      NODE_ENV: 'production',
      ...pick('PATH'),
      ...pick('TMPDIR'),
      ...pick('SystemRoot'),
      ...pick('NODE_COMPILE_CACHE'),
      ...pick('NODE_EXTRA_CA_CERTS'),
      ...pick('HTTP_PROXY'),
      ...pick('HTTPS_PROXY'),
      ...pick('NO_PROXY'),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

function pick(name: string): Record<string, string> {
  const value = process.env[name]
  return value === undefined ? {} : { [name]: value }
}

/** In a folder that only this user can enter. A named pipe has no folder: there the secret is what keeps others out. */
async function privateSocketPath(): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\pinion-registry-${randomUUID()}`
  return join(await mkdtemp(join(tmpdir(), 'pinion-registry-')), 'socket')
}

async function removeSocket(socketPath: string): Promise<void> {
  if (process.platform !== 'win32') await rm(join(socketPath, '..'), { recursive: true, force: true })
}

/** A child that is gone cannot be told anything; its end is reported by `exit`. */
function send(child: ChildProcess, message: ToChild): void {
  if (child.connected) child.send(message, () => undefined)
}

function untilReady(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (code: RegistryErrorCode, message: string, hint?: string): void => {
      finish()
      reject(new RegistryError(code, message, hint === undefined ? {} : { hint }))
    }
    const onMessage = (message: ToParent): void => {
      if (message.type === 'ready') {
        finish()
        resolve(message.startMs)
      } else if (message.type === 'failed') fail(knownCode(message.code), message.message, message.hint)
    }
    const onExit = (code: number | null, signal: string | null): void =>
      fail('REGISTRY_START_FAILED', `The registry's process ended while starting (${signal ?? code}).`)
    const onError = (error: Error): void =>
      fail('REGISTRY_START_FAILED', `The registry's process cannot be started: ${error.message}`)
    const timer = setTimeout(
      () => fail('REGISTRY_START_FAILED', `The registry was not ready after ${START_TIMEOUT_MS} ms.`),
      START_TIMEOUT_MS,
    )
    const finish = (): void => {
      clearTimeout(timer)
      child.off('message', onMessage).off('exit', onExit).off('error', onError)
    }
    child.on('message', onMessage).once('exit', onExit).once('error', onError)
  })
}

function knownCode(code: string): RegistryErrorCode {
  return isRegistryErrorCode(code) ? code : 'REGISTRY_START_FAILED'
}
