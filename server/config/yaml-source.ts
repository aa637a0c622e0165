import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import type { Problem } from '../errors.ts'
import { CONFIG_DEPTH, CONFIG_TEXT_BYTES } from '../limits.ts'
import { FOREIGN_ROOTS, ROOTS, relax } from './config-key.ts'
import type { KeyIndex } from './key-index.ts'
import { configProblem, type Origin } from './origin.ts'

/** A value as one source wrote it; `key` is canonical, with names in place of `*`. */
export interface RawEntry {
  readonly key: string
  readonly value: unknown
  readonly origin: Origin
}

/** What one source says, and what is wrong with it. */
export interface ReadSource {
  readonly entries: RawEntry[]
  readonly problems: Problem[]
  readonly warnings: Problem[]
}

/** Reads one configuration text. @param source - as people know it: a file's path, an environment variable's name. */
export function readYamlSource(text: string, source: string, index: KeyIndex): ReadSource {
  const read: ReadSource = { entries: [], problems: [], warnings: [] }
  if (Buffer.byteLength(text) > CONFIG_TEXT_BYTES) {
    read.problems.push(configProblem({ source }, '', `Larger than ${CONFIG_TEXT_BYTES} bytes.`))
    return read
  }
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, logLevel: 'silent' })
  const originAt = (offset: number | undefined): Origin => {
    if (offset === undefined) return { source }
    const { line, col } = counter.linePos(offset)
    return { source, line, column: col }
  }
  for (const error of document.errors) {
    // The parser is recursive: what is nested by the thousand runs out of stack, and it says so.
    const isTooDeep = error.message.includes('call stack')
    const message = isTooDeep ? `Nested deeper than ${CONFIG_DEPTH} levels.` : error.message
    read.problems.push(configProblem(originAt(error.pos[0]), '', message))
  }
  visit(document, {
    Alias: (_, node) => {
      const message = 'Aliases are not read in a configuration; write the value out.'
      read.problems.push(configProblem(originAt(node.range?.[0]), '', message))
    },
    Collection: (_, node, path) => {
      // Document and pairs stand between two levels.
      if (path.length <= CONFIG_DEPTH * 2) return undefined
      read.problems.push(
        configProblem(originAt(node.range?.[0]), '', `Nested deeper than ${CONFIG_DEPTH} levels.`),
      )
      return visit.BREAK
    },
  })
  if (read.problems.length > 0 || isEmpty(document.contents)) return read
  if (!isMap(document.contents)) {
    read.problems.push(configProblem({ source }, '', 'Must be a map with the root "pinion:".'))
    return read
  }
  new YamlWalk(read, index, originAt).roots(document.contents)
  return read
}

class YamlWalk {
  readonly #read: ReadSource
  readonly #index: KeyIndex
  readonly #originAt: (offset: number | undefined) => Origin

  constructor(read: ReadSource, index: KeyIndex, originAt: (offset: number | undefined) => Origin) {
    this.#read = read
    this.#index = index
    this.#originAt = originAt
  }

  roots(map: YAMLMap): void {
    for (const { name, value, origin } of this.#pairs(map)) {
      const first = name.split('.')[0] ?? ''
      if (ROOTS.some((root) => root === relax(first))) {
        if (first === name) this.#below([], value, origin)
        else this.#visit(name.split('.').slice(1), value, origin)
      } else if (FOREIGN_ROOTS.includes(relax(first))) {
        this.#visit(name.split('.'), value, origin)
      } else {
        const hint = 'Settings stand below "pinion:" (or "kestra:").'
        this.#read.problems.push(configProblem(origin, name, `Unknown root "${name}".`, hint))
      }
    }
  }

  #below(path: readonly string[], value: Node | undefined, origin: Origin): void {
    if (isEmpty(value)) return
    if (!isMap(value)) {
      this.#read.problems.push(
        configProblem(origin, path.join('.'), `"${path.join('.') || 'The root'}" must be a map.`),
      )
      return
    }
    for (const pair of this.#pairs(value))
      this.#visit(this.#index.split(path, pair.name), pair.value, pair.origin)
  }

  #visit(path: readonly string[], value: Node | undefined, origin: Origin): void {
    const written = path.join('.')
    const found = this.#index.find(path)
    switch (found.is) {
      case 'key':
        if (!isEmpty(value)) this.#read.entries.push({ key: found.key, value: plain(value), origin })
        return
      case 'prefix':
        this.#below(path, value, origin)
        return
      case 'withoutEffect':
        this.#read.warnings.push(
          configProblem(origin, written, `"${written}" has no effect: ${found.reason}.`),
        )
        return
      case 'unknown': {
        const hint = found.nearest === undefined ? undefined : `Did you mean "${found.nearest}"?`
        this.#read.problems.push(configProblem(origin, written, `Unknown key "${written}".`, hint))
        return
      }
      default:
        found satisfies never
    }
  }

  *#pairs(map: YAMLMap): Generator<{ name: string; value: Node | undefined; origin: Origin }> {
    for (const { key, value } of map.items) {
      yield {
        name: isScalar(key) ? String(key.value) : String(key),
        value: isNode(value) ? value : undefined,
        origin: this.#originAt(isNode(key) ? key.range?.[0] : undefined),
      }
    }
  }
}

function isEmpty(node: Node | null | undefined): boolean {
  return !node || (isScalar(node) && node.value === null)
}

function plain(node: Node | undefined): unknown {
  if (isScalar(node)) return node.value
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => [
        isScalar(key) ? String(key.value) : String(key),
        isNode(value) ? plain(value) : null,
      ]),
    )
  }
  return isSeq(node) ? node.items.map((item) => (isNode(item) ? plain(item) : null)) : null
}
