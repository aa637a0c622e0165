import type { JsonValue } from '@pinion/plugin-sdk/manifest'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type ParsedNode,
  Scalar,
} from 'yaml'
import type { FlowProblem } from '../model.ts'
import type { PropertyPath } from '../path/property-path.ts'
import { composeDocuments, placeOf, problemAt } from './compose-documents.ts'
import { keyText, plainData, resolveAliases } from './plain-data.ts'

/** 1-based. */
export interface SourcePlace {
  readonly line: number
  readonly column: number
}

/** One YAML document: its data, and where in the text each part of it stands. */
export interface ParsedYaml {
  readonly data: JsonValue
  /**
   * Where a value, or the key before it, starts. What is not in the text (a property that a default filled in, or that
   * is missing) is placed at the nearest value around it.
   */
  locate(path: PropertyPath, part: 'key' | 'value'): SourcePlace
  /**
   * Where a position within a text stands. Exact in `|` blocks and in texts on one line without escapes; otherwise
   * where the text starts.
   *
   * @param within - 1-based, in the text as it was read
   */
  locateInText(path: PropertyPath, within: SourcePlace): SourcePlace
}

/**
 * Reads one YAML 1.2 document (JSON text is YAML too) from hostile text: size, depth, number of values and aliases are
 * bounded, see `limits.ts`. Never throws.
 *
 * @returns the data, unless there are problems; all of them, in the order of the file
 */
export function parseYaml(source: string): {
  readonly yaml?: ParsedYaml
  readonly problems: readonly FlowProblem[]
} {
  const composed = composeDocuments(source)
  const [document, second] = composed.documents
  if (composed.problems.length > 0 || document === undefined) return { problems: composed.problems }
  if (second !== undefined) {
    const problem = problemAt(
      composed.lines,
      'FLOW_YAML_MANY_DOCUMENTS',
      second.range[0],
      'The source has more than one YAML document.',
      'Keep one flow in one source: remove the "---" line, or save the documents one by one.',
    )
    return { problems: [problem] }
  }
  const { data, problems } = plainData(document, composed.lines)
  if (problems.length > 0) return { problems }
  const find = finder(document)
  const locate: ParsedYaml['locate'] = (path, part) => placeOf(composed.lines, find(path, part).offset)
  const locateInText: ParsedYaml['locateInText'] = (path, within) => {
    const { node, offset } = find(path, 'value')
    const start = placeOf(composed.lines, offset)
    return isScalar(node) ? placeInScalar(node, start, within, source, composed.lines) : start
  }
  return { yaml: { data, locate, locateInText }, problems }
}

/** `node` is absent where the path goes on below what is written, or behind an alias. */
interface Found {
  readonly offset: number
  readonly node: ParsedNode | null
}

/** Found by walking, not kept in an index: only problems ask, and most flows have none. */
function finder(document: Document.Parsed): (path: PropertyPath, part: 'key' | 'value') => Found {
  const targets = resolveAliases(document)
  return (path, part) => {
    let node: ParsedNode | null = document.contents
    let offset = node?.range[0] ?? 0
    // The place of what an alias stands for is the alias: that is where this path is written.
    let isBehindAlias = false
    for (const [index, step] of path.entries()) {
      const child = childOf(followed(node, targets), step)
      isBehindAlias ||= isAlias(node)
      if (child === undefined) return { offset, node: null }
      const wantsKey = part === 'key' && index === path.length - 1
      const shown: ParsedNode | null = wantsKey ? child.key : (child.value ?? child.key)
      if (!isBehindAlias && shown !== null) offset = shown.range[0]
      node = child.value
    }
    return { offset, node: isBehindAlias ? null : node }
  }
}

function placeInScalar(
  scalar: Scalar,
  start: SourcePlace,
  within: SourcePlace,
  source: string,
  lines: LineCounter,
): SourcePlace {
  switch (scalar.type) {
    case Scalar.BLOCK_LITERAL: {
      // The text starts on the line after the "|", indented as its first line that is not blank.
      const contentStart = lines.lineStarts[start.line] ?? source.length
      const indent = /^(?: *\r?\n)*( *)/.exec(source.slice(contentStart))?.[1]?.length ?? 0
      return { line: start.line + within.line, column: indent + within.column }
    }
    case Scalar.PLAIN:
      return within.line === 1 ? { line: start.line, column: start.column + within.column - 1 } : start
    case Scalar.QUOTE_DOUBLE:
    case Scalar.QUOTE_SINGLE: {
      const isVerbatim =
        scalar.range !== undefined && scalar.range !== null && isUnescaped(source, scalar.range)
      return within.line === 1 && isVerbatim
        ? { line: start.line, column: start.column + within.column }
        : start
    }
    default:
      return start
  }
}

/** Whether a quoted text is written as it reads: on one line, without escapes. */
function isUnescaped(source: string, [start, end]: readonly [number, number, number]): boolean {
  return !/[\\\n]|''/.test(source.slice(start + 1, end - 1))
}

function followed(
  node: ParsedNode | null,
  targets: ReadonlyMap<ParsedNode, ParsedNode>,
): ParsedNode | null | undefined {
  return isAlias(node) ? targets.get(node) : node
}

function childOf(
  node: ParsedNode | null | undefined,
  step: string | number,
): { readonly key: ParsedNode; readonly value: ParsedNode | null } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)]
    return item === undefined ? undefined : { key: item, value: item }
  }
  if (!isMap(node)) return undefined
  return node.items.find(({ key }) => keyText(key) === String(step))
}
