import { readFileSync, statSync } from 'node:fs'
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import type { ErrorPlace } from '../../errors/index.ts'
import { MAX_PARSED_SOURCE_MAPS, MAX_SOURCE_MAP_BYTES } from '../limits.ts'

/** Names under which scripts appear in stacks. */
export const BUNDLE_FILE = 'plugin:bundle.js'
export const GUEST_FILE_PREFIX = 'pinion:guest/'

const FRAME = /^\s*at (?:(.*?) \()?plugin:bundle\.js:(\d+):(\d+)\)?$/
const ANY_FRAME = /^\s*at /

export interface MappedStack {
  readonly stack: string
  /** The innermost frame in the plugin's own sources, or else in one of its dependencies. */
  readonly at: ErrorPlace | undefined
}

/** Turns the bundle's positions into those of the plugin's TypeScript. Maps are parsed when a stack first needs them. */
export class SourcePositions {
  readonly #maps = new Map<string, TraceMap | undefined>()

  map(stack: string, sourceMapPath: string | undefined): MappedStack {
    let own: ErrorPlace | undefined
    let foreign: ErrorPlace | undefined
    const lines: string[] = []
    for (const line of stack.split('\n')) {
      const frame = FRAME.exec(line)
      if (frame === null) {
        // Frames of the bridge and of the host are nobody's business.
        if (!ANY_FRAME.test(line)) lines.push(line)
        continue
      }
      const place = this.#place(Number(frame[2]), Number(frame[3]), sourceMapPath)
      if (place.file?.includes('node_modules/')) foreign ??= place
      else own ??= place
      const where = `${place.file}:${place.line}:${place.column}`
      lines.push(frame[1] === undefined ? `    at ${where}` : `    at ${frame[1]} (${where})`)
    }
    return { stack: lines.join('\n'), at: own ?? foreign }
  }

  #place(line: number, column: number, path: string | undefined): ErrorPlace {
    const traceMap = path === undefined ? undefined : this.#traceMap(path)
    // Stacks count columns from 1, source maps from 0.
    const original = traceMap && originalPositionFor(traceMap, { line, column: Math.max(0, column - 1) })
    if (original === undefined || original.source === null) return { file: 'bundle.js', line, column }
    return {
      file: original.source.replace(/^(\.\.?\/)+/, ''),
      line: original.line,
      column: original.column + 1,
    }
  }

  #traceMap(path: string): TraceMap | undefined {
    if (this.#maps.has(path)) return this.#maps.get(path)
    const parsed = readMap(path)
    this.#maps.set(path, parsed)
    const [oldest] = this.#maps.keys()
    if (this.#maps.size > MAX_PARSED_SOURCE_MAPS && oldest !== undefined) this.#maps.delete(oldest)
    return parsed
  }
}

/** A map that is missing, too large or broken costs the positions only. */
function readMap(path: string): TraceMap | undefined {
  try {
    if (statSync(path).size > MAX_SOURCE_MAP_BYTES) return undefined
    return new TraceMap(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
