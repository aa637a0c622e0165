import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { CliError } from './cli-error.ts'

/** Runs a program in a folder, with its output on ours. @throws CliError unless it ends with 0 */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new CliError(`${program} ${args[0]} ended with ${code ?? 'a signal'}.`)
}
