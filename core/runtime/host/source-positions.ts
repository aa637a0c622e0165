import { readFileSync, statSync } from 'node:fs'
import { SourceMap } from 'node:module'
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
  readonly #maps = new Map<string, SourceMap | undefined>()

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
    const sourceMap = path === undefined ? undefined : this.#sourceMap(path)
    // Stacks count from 1, source maps from 0.
    const original = sourceMap?.findEntry(line - 1, Math.max(0, column - 1))
    if (original === undefined || !('originalSource' in original)) return { file: 'bundle.js', line, column }
    return {
      file: original.originalSource.replace(/^(\.\.?\/)+/, ''),
      line: original.originalLine + 1,
      column: original.originalColumn + 1,
    }
  }

  #sourceMap(path: string): SourceMap | undefined {
    if (this.#maps.has(path)) return this.#maps.get(path)
    const parsed = readMap(path)
    this.#maps.set(path, parsed)
    const [oldest] = this.#maps.keys()
    if (this.#maps.size > MAX_PARSED_SOURCE_MAPS && oldest !== undefined) this.#maps.delete(oldest)
    return parsed
  }
}

/** A map that is missing, too large or broken costs the positions only. */
function readMap(path: string): SourceMap | undefined {
  try {
    if (statSync(path).size > MAX_SOURCE_MAP_BYTES) return undefined
    const payload: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isSourceMap(payload) ? new SourceMap(payload) : undefined
  } catch {
    return undefined
  }
}

function isSourceMap(payload: unknown): payload is ConstructorParameters<typeof SourceMap>[0] {
  if (typeof payload !== 'object' || payload === null) return false
  return (
    'mappings' in payload &&
    typeof payload.mappings === 'string' &&
    'sources' in payload &&
    Array.isArray(payload.sources)
  )
}
