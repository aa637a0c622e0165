import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import { findNearestName } from '../../plugin/index.ts'
import type { PropertyPath } from '../path/property-path.ts'
import type { CompileContext } from './context.ts'
import { isList, isObject } from './read-flow.ts'

interface Node {
  readonly id: string
  readonly names: readonly string[]
  readonly path: PropertyPath
}

/** What a schema cannot say of a graph: that its edges lead somewhere, and never back to where they came from. */
export function checkDag(context: CompileContext, tasks: JsonValue | undefined, path: PropertyPath): void {
  if (tasks === undefined || !isList(tasks)) return
  const nodes = tasks.flatMap((entry, index) => (isObject(entry) ? readNode(entry, [...path, index]) : []))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  for (const { names, path: at } of nodes) {
    for (const [index, name] of names.entries()) {
      if (!byId.has(name)) reportUnknown(context, name, [...byId.keys()], [...at, 'dependsOn', index])
    }
  }
  const cycle = findCycle(nodes, byId)
  if (cycle === undefined) return
  context.problems.add([...cycle.node.path, 'dependsOn'], {
    code: 'FLOW_TASK_CYCLE',
    at: 'key',
    message: `The tasks wait for each other: ${cycle.ids.join(' -> ')}.`,
    hint: 'Remove one of these dependencies.',
  })
}

function readNode(entry: JsonObject, path: PropertyPath): readonly Node[] {
  const { task, dependsOn } = entry
  const id = task !== undefined && isObject(task) ? task['id'] : undefined
  if (typeof id !== 'string') return []
  const names = dependsOn !== undefined && isList(dependsOn) ? dependsOn.map(String) : []
  return [{ id, names, path }]
}

function reportUnknown(
  { problems }: CompileContext,
  name: string,
  ids: readonly string[],
  path: PropertyPath,
): void {
  const nearest = findNearestName(name, ids)
  problems.add(path, {
    code: 'FLOW_TASK_UNKNOWN',
    message: `There is no task "${name}" in this graph.`,
    hint: nearest === undefined ? 'Name a task of the same graph.' : `Did you mean "${nearest}"?`,
  })
}

/** Walks the graph without recursion: a chain may be as long as a flow. */
function findCycle(
  nodes: readonly Node[],
  byId: ReadonlyMap<string, Node>,
): { readonly node: Node; readonly ids: readonly string[] } | undefined {
  const done = new Set<string>()
  for (const start of nodes) {
    const open = new Map<string, number>()
    const way: Node[] = [start]
    while (way.length > 0) {
      const node = way[way.length - 1]!
      const turn = open.get(node.id) ?? 0
      const name = done.has(node.id) ? undefined : node.names[turn]
      if (name === undefined) {
        done.add(node.id)
        open.delete(node.id)
        way.pop()
        continue
      }
      open.set(node.id, turn + 1)
      const next = byId.get(name)
      if (next === undefined || done.has(name)) continue
      if (open.has(name)) {
        const ids = way.map(({ id }) => id)
        return { node, ids: [...ids.slice(ids.indexOf(name)), name] }
      }
      way.push(next)
    }
  }
  return undefined
}
