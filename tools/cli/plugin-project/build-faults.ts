import { type BuildFault, BuildRefusedError, SdkError } from '@pinion/plugin-sdk/build'
import { CliError } from '../cli-error.ts'
import type { Terminal } from '../terminal.ts'

/** Turns what the SDK refuses into a fault of the command: one line of `file:line:column` each. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SdkError)) throw error
    throw new CliError(error.message, {
      details: error instanceof BuildRefusedError ? error.faults.map(faultLine) : [],
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    })
  }
}

export function showFaults(terminal: Terminal, faults: readonly BuildFault[], consequence: string): void {
  for (const fault of faults) terminal.note(faultLine(fault))
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`
  terminal.note(`${terminal.style('red', 'error')} ${count}. ${consequence}`)
}

function faultLine({ file, line, column, message, hint }: BuildFault): string {
  return `${file}:${line}:${column}  ${message}${hint === undefined ? '' : ` ${hint}`}`
}
