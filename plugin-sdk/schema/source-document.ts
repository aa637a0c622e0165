import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'

/** 1-based, as editors count. */
export interface SourcePosition {
  readonly line: number
  readonly column: number
}

export interface SyntaxFault extends SourcePosition {
  readonly message: string
}

export type SourcePath = readonly (string | number)[]

/** Aliases may repeat at most this often: a YAML bomb stays small. */
const MAX_ALIASES = 100

/** A YAML or JSON text that knows where each of its values stands. */
export class SourceDocument {
  readonly #document: Document
  readonly #lines: LineCounter
  readonly text: string
  /** The parsed value; undefined if the text has syntax faults. */
  readonly value: unknown
  readonly syntaxFaults: readonly SyntaxFault[]

  constructor(text: string) {
    this.text = text
    this.#lines = new LineCounter()
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false })
    const faults: SyntaxFault[] = this.#document.errors.map((error) => ({
      ...this.#positionOf(error.pos[0]),
      message: error.message,
    }))
    let value: unknown
    if (faults.length === 0) {
      try {
        value = this.#document.toJS({ maxAliasCount: MAX_ALIASES })
      } catch (error) {
        faults.push({ line: 1, column: 1, message: error instanceof Error ? error.message : String(error) })
      }
    }
    this.value = value
    this.syntaxFaults = faults
  }

  /** Where the value at `path` stands; if there is none, where the nearest value around it does. */
  positionOf(path: SourcePath): SourcePosition {
    return this.#positionOf(this.#offsetOf(path, false))
  }

  /** Where the key that leads to `path` stands. */
  positionOfKey(path: SourcePath): SourcePosition {
    return this.#positionOf(this.#offsetOf(path, true))
  }

  /**
   * Where a line of the text at `path` stands. Exact for literal blocks (`|`); for any other style it is where
   * the text begins.
   *
   * @param at - 1-based position within the text
   */
  positionWithin(path: SourcePath, at: SourcePosition): SourcePosition {
    const node = this.#nodeAt(path)
    const start = this.positionOf(path)
    if (!isScalar(node) || node.type !== 'BLOCK_LITERAL') return start
    const line = start.line + at.line
    const indent = this.text.split('\n')[start.line]?.search(/\S/) ?? 0
    return { line, column: Math.max(0, indent) + at.column }
  }

  #nodeAt(path: SourcePath): unknown {
    let node: unknown = this.#document.contents
    for (const segment of path) {
      node = this.#childOf(this.#resolve(node), segment)?.value
    }
    return this.#resolve(node)
  }

  #offsetOf(path: SourcePath, wantsKey: boolean): number {
    let node: unknown = this.#document.contents
    let offset = startOf(node) ?? 0
    for (const [index, segment] of path.entries()) {
      const child = this.#childOf(this.#resolve(node), segment)
      if (child === undefined) return offset
      const isLast = index === path.length - 1
      const keyOffset = startOf(child.key)
      offset = (isLast && wantsKey ? keyOffset : startOf(child.value)) ?? keyOffset ?? offset
      node = child.value
    }
    return offset
  }

  #childOf(node: unknown, segment: string | number): { key: unknown; value: unknown } | undefined {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment))
      return pair && { key: pair.key, value: pair.value }
    }
    if (isSeq(node)) {
      const item: unknown = node.items[Number(segment)]
      return item === undefined ? undefined : { key: item, value: item }
    }
    return undefined
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node
  }

  #positionOf(offset: number): SourcePosition {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
