import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { PluginDefault } from '../../namespace/index.ts'
import { MAX_PLUGIN_DEFAULTS } from '../limits.ts'
import type { CompiledFlow, FlowInput } from '../model.ts'
import { TASK_LISTS } from '../schema/flow-core.ts'
import type { KnownNames } from './context.ts'

/** A plugin's place in the flow: `tasks[2]`. */
export interface PluginItem {
  readonly list: string
  readonly index: number
  readonly written: JsonObject
}

/** The objects in one of the flow's lists; what is no object is the structure's fault. */
export function itemsOf(flow: JsonObject, list: string): readonly PluginItem[] {
  const items = flow[list]
  if (items === undefined || !isList(items)) return []
  return items.flatMap((written, index) => (isObject(written) ? [{ list, index, written }] : []))
}

/** Every id that an expression may name, from a flow that may be full of faults. */
export function namesIn(flow: JsonObject): KnownNames {
  const idsOf = (list: string) =>
    itemsOf(flow, list).flatMap(({ written }) => (typeof written['id'] === 'string' ? [written['id']] : []))
  const tasks = new Set(TASK_LISTS.flatMap(idsOf))
  for (const list of TASK_LISTS) addTaskIds(flow[list], tasks)
  return { tasks, inputs: new Set(idsOf('inputs')) }
}

/** Whatever has an id and a type below a list of tasks may be a task: the types, which know, are not resolved yet. */
function addTaskIds(value: JsonValue | undefined, ids: Set<string>): void {
  if (value === undefined || value === null || typeof value !== 'object') return
  if (isObject(value) && typeof value['id'] === 'string' && typeof value['type'] === 'string')
    ids.add(value['id'])
  for (const item of Object.values(value)) addTaskIds(item, ids)
}

/** `pluginDefaults` of the flow, under whichever of its names; entries with faults are left out. */
export function defaultsIn(flow: JsonObject): {
  readonly property: string
  readonly entries: readonly PluginDefault[]
} {
  const property =
    flow['pluginDefaults'] === undefined && flow['taskDefaults'] !== undefined
      ? 'taskDefaults'
      : 'pluginDefaults'
  const entries = itemsOf(flow, property)
    .slice(0, MAX_PLUGIN_DEFAULTS)
    .map(({ written }): PluginDefault => {
      const { type, values, forced } = written
      return {
        // An entry with faults keeps its place, so that the others keep theirs; it speaks for no type.
        type: typeof type === 'string' ? type : '',
        values: values !== undefined && isObject(values) ? values : {},
        forced: forced === true,
      }
    })
  return { property, entries }
}

const INPUT_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'type',
  'required',
  'displayName',
  'description',
  'defaults',
])

export function readInputs(flow: JsonObject): readonly FlowInput[] {
  return itemsOf(flow, 'inputs').map(({ written }) => {
    const { id, type, required, displayName, description, defaults } = written
    return {
      id: String(id),
      type: String(type),
      required: required !== false,
      ...(typeof displayName === 'string' ? { displayName } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      ...(defaults === undefined ? {} : { defaults }),
      options: Object.fromEntries(Object.entries(written).filter(([name]) => !INPUT_FIELDS.has(name))),
    }
  })
}

/** A map or a list of {key, value}; of a key that is there twice the last counts. */
export function readLabels(labels: JsonValue | undefined): CompiledFlow['labels'] {
  if (labels === undefined || labels === null || typeof labels !== 'object') return []
  const pairs = isList(labels)
    ? labels.flatMap((item) => (isObject(item) ? [[String(item['key']), item['value']] as const] : []))
    : Object.entries(labels)
  return Array.from(new Map(pairs), ([key, value]) => ({ key, value: String(value) }))
}

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
