import type { JsonValue } from '@pinion/plugin-sdk/manifest'
import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type ParsedNode } from 'yaml'
import type { FlowProblemCode } from '../errors.ts'
import { MAX_YAML_NODES } from '../limits.ts'
import type { FlowProblem } from '../model.ts'
import { formatPath } from '../path/property-path.ts'
import { problemAt } from './compose-documents.ts'

/** Names that mean something to JavaScript itself: an object with one of them is a trap for every later merge. */
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__'])

/**
 * A document as plain JSON data, each alias expanded to a copy. Finds what YAML allows and JSON does not, duplicate
 * keys, aliases that contain themselves, and aliases that multiply beyond {@link MAX_YAML_NODES}.
 */
export function plainData(
  document: Document.Parsed,
  lines: LineCounter,
): { readonly data: JsonValue; readonly problems: readonly FlowProblem[] } {
  const problems: FlowProblem[] = []
  const path: (string | number)[] = []
  // Nodes that are being expanded: an alias to one of them would never end.
  const open = new Set<ParsedNode>()
  let nodeCount = 0

  function refuse(code: FlowProblemCode, node: ParsedNode, message: string, hint: string): null {
    problems.push(problemAt(lines, code, node.range[0], message, hint, formatPath(path)))
    return null
  }

  function read(node: ParsedNode | null): JsonValue {
    if (node === null || nodeCount > MAX_YAML_NODES) return null
    nodeCount += 1
    if (nodeCount > MAX_YAML_NODES) {
      return refuse(
        'FLOW_YAML_TOO_LARGE',
        node,
        `The source has more than ${MAX_YAML_NODES} values once every alias is expanded.`,
        'Use fewer aliases, or split the flow into subflows.',
      )
    }
    if (isScalar(node)) return readScalar(node, node.value)
    if (isAlias(node)) return readAlias(node)
    open.add(node)
    const value = isMap(node) ? readMap(node.items) : isSeq(node) ? readList(node.items) : null
    open.delete(node)
    return value
  }

  function readScalar(node: ParsedNode, value: unknown): JsonValue {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    return refuse(
      'FLOW_YAML_VALUE_REFUSED',
      node,
      typeof value === 'number'
        ? `The value ${value} is no number that JSON knows.`
        : 'A value with this tag is none that JSON knows.',
      'Leave the tag out, or put the value into quotes if it is meant as text.',
    )
  }

  function readAlias(alias: ParsedNode & { readonly source: string }): JsonValue {
    const target = isAlias(alias) ? anchored.get(alias) : undefined
    if (target === undefined) {
      return refuse(
        'FLOW_YAML_SYNTAX',
        alias,
        `The alias *${alias.source} names no anchor.`,
        `Define it first: &${alias.source}.`,
      )
    }
    if (open.has(target)) {
      return refuse(
        'FLOW_YAML_VALUE_REFUSED',
        alias,
        `The alias *${alias.source} stands within the value that it names.`,
        'A value cannot contain itself: write the part out.',
      )
    }
    return read(target)
  }

  function readMap(pairs: readonly { key: ParsedNode; value: ParsedNode | null }[]): JsonValue {
    const object: Record<string, JsonValue> = {}
    for (const { key, value } of pairs) {
      const name = keyText(key)
      if (name === undefined) {
        refuse(
          'FLOW_YAML_VALUE_REFUSED',
          key,
          'A key must be a text.',
          'Write the key as a plain or quoted text; a value that starts with "{{" must stand in quotes.',
        )
        continue
      }
      path.push(name)
      if (REFUSED_KEYS.has(name)) {
        refuse('FLOW_YAML_VALUE_REFUSED', key, `The key "${name}" cannot be used.`, 'Choose another name.')
      } else if (Object.hasOwn(object, name)) {
        refuse(
          'FLOW_YAML_DUPLICATE_KEY',
          key,
          `The key "${name}" is there twice in one object.`,
          'Remove or rename one of the two: the second would silently replace the first.',
        )
      } else {
        object[name] = read(value)
      }
      path.pop()
    }
    return object
  }

  function readList(items: readonly ParsedNode[]): JsonValue {
    return items.map((item, position) => {
      path.push(position)
      const value = read(item)
      path.pop()
      return value
    })
  }

  const anchored = resolveAliases(document)
  return { data: read(document.contents), problems }
}

/** A scalar key as text; numbers and booleans as they are written. @returns undefined for null, lists and objects */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null) return undefined
  if (typeof key.value === 'string') return key.value
  return key.source ?? String(key.value)
}

/**
 * What each alias names. YAML lets an anchor be defined again, and an alias means the last one before it: yaml's own
 * `resolve` walks the whole document for each alias, which is quadratic; one walk in the file's order is not.
 */
export function resolveAliases(document: Document.Parsed): ReadonlyMap<ParsedNode, ParsedNode> {
  const anchors = new Map<string, ParsedNode>()
  const targets = new Map<ParsedNode, ParsedNode>()
  const visit = (node: ParsedNode | null): void => {
    if (node === null) return
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target !== undefined) targets.set(node, target)
      return
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
    if (isMap(node)) {
      for (const pair of node.items) {
        visit(pair.key)
        visit(pair.value)
      }
    } else if (isSeq(node)) {
      for (const item of node.items) visit(item)
    }
  }
  visit(document.contents)
  return targets
}
