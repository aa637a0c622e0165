import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { isJsonObject, stringOf } from '../json-value.ts'
import { MAX_LOG_LINE_CHARS } from '../limits.ts'
import type { RegistryLogLine } from './options.ts'

/** Hands on what the process writes: JSON lines (of Verdaccio's pino, and ours) as such, anything else as a field. */
export function forwardLogLines(child: ChildProcess, log: (line: RegistryLogLine) => void): void {
  if (child.stdout !== null) readLines(child.stdout, (line) => log(parseLine(line)))
  if (child.stderr !== null) {
    readLines(child.stderr, (line) =>
      log({ level: 'warn', message: 'The registry wrote to its error output.', fields: { line } }),
    )
  }
}

function readLines(stream: Readable, take: (line: string) => void): void {
  createInterface({ input: stream }).on('line', (line) => {
    if (line.trim() !== '') take(line.slice(0, MAX_LOG_LINE_CHARS))
  })
}

function parseLine(line: string): RegistryLogLine {
  const value = tryParse(line)
  if (!isJsonObject(value))
    return { level: 'info', message: 'The registry wrote to its output.', fields: { line } }
  const { level, msg, time: _time, pid: _pid, hostname: _hostname, ...fields } = value
  return { level: levelOf(level), message: stringOf(msg) ?? '', fields }
}

function levelOf(level: unknown): RegistryLogLine['level'] {
  if (typeof level !== 'number' || level < 40) return 'info'
  return level < 50 ? 'warn' : 'error'
}

function tryParse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
