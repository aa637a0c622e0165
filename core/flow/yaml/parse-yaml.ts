import type { JsonValue } from '@pinion/plugin-sdk/manifest'
import { type Document, isAlias, isMap, isSeq, type LineCounter, type ParsedNode } from 'yaml'
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
  return { yaml: { data, locate: locator(document, composed.lines) }, problems }
}

/** Found by walking, not kept in an index: only problems ask, and most flows have none. */
function locator(document: Document.Parsed, lines: LineCounter): ParsedYaml['locate'] {
  const targets = resolveAliases(document)
  return (path, part) => {
    let node: ParsedNode | null = document.contents
    let offset = node?.range[0] ?? 0
    // Positions of what an alias stands for are the alias's own: that is where this path is written.
    let isBehindAlias = false
    for (const [index, step] of path.entries()) {
      const child = childOf(followed(node, targets), step)
      isBehindAlias ||= isAlias(node)
      if (child === undefined) break
      const wantsKey = part === 'key' && index === path.length - 1
      const shown: ParsedNode | null = wantsKey ? child.key : (child.value ?? child.key)
      if (!isBehindAlias && shown !== null) offset = shown.range[0]
      node = child.value
    }
    return placeOf(lines, offset)
  }
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
