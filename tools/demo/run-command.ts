import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, dirname } from 'node:path'
import type { Readable, Writable } from 'node:stream'

export interface CommandOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Typed one after the other, each when the program asks for it. */
  readonly answers?: readonly string[]
  /** Milliseconds; default 180,000. */
  readonly timeoutMs?: number
}

export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  /** Both streams, as they came. */
  readonly output: string
}

export type Running = ChildProcessByStdio<Writable, Readable, Readable>

const TIMEOUT_MS = 180_000
/** What npm and vitest tell their own children; the programs of the story are nobody's children. */
const LEFT_BEHIND =
  /^(npm_(package|lifecycle|command|config_local_prefix)|INIT_CWD|VITEST|PINION_|NODE_ENV$|NODE_OPTIONS$|TEST$)/
const PROMPT = /(?:Username|Password|Email).*:\s*$/

/** Starts a program as from a shell of its own: nothing of what started this process shines through. */
export function startCommand(program: string, args: readonly string[], options: CommandOptions): Running {
  const kept = Object.entries(process.env).filter(([name]) => !LEFT_BEHIND.test(name))
  const env = {
    ...Object.fromEntries(kept),
    // The Node that runs the story runs its programs too, whatever else the machine has.
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    NO_COLOR: '1',
    ...options.env,
  }
  return spawn(program, args, { cwd: options.cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Runs a program to its end. @throws Error if it takes too long */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const child = startCommand(program, args, options)
  const answers = [...(options.answers ?? [])]
  let stdout = ''
  let output = ''
  let unanswered = ''
  const take = (chunk: Buffer): void => {
    output += chunk.toString()
    unanswered += chunk.toString()
    if (answers.length === 0 || !PROMPT.test(unanswered)) return
    // npm throws away what comes before it asks.
    unanswered = ''
    child.stdin.write(`${answers.shift()}\n`)
  }
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    take(chunk)
  })
  child.stderr.on('data', take)
  if (answers.length === 0) child.stdin.end()
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  await once(child, 'close')
  clearTimeout(timer)
  if (child.signalCode === 'SIGKILL') {
    throw new Error(`${program} ${args.join(' ')} did not end within ${timeoutMs} ms:\n${output}`)
  }
  return { code: child.exitCode, stdout, output }
}
