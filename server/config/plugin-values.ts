import type { PluginDefault } from '@pinion/core/namespace'
import { parse } from 'yaml'
import { asJson, isJsonObject, type JsonObject } from '../json.ts'
import { CONFIG_DEPTH } from '../limits.ts'
import { isPlainObject, type Parsed, show, type ValueKind } from './value-kind.ts'

/** Settings that plugins of a type (or a prefix of one) read for themselves. */
export interface PluginConfiguration {
  readonly type: string
  readonly values: JsonObject
}

export const pluginValues: ValueKind<readonly PluginConfiguration[]> = {
  name: 'list of {type, values}',
  parse: (value) => parseList(value, ['type', 'values'], ({ type, values }) => ({ type, values })),
}

export const pluginDefaults: ValueKind<readonly PluginDefault[]> = {
  name: 'list of {type, values, forced}',
  parse: (value) => parseList(value, ['type', 'values', 'forced'], (entry) => entry),
}

function parseList<T>(
  written: unknown,
  names: readonly string[],
  take: (entry: PluginDefault) => T,
): Parsed<readonly T[]> {
  // From the environment a list comes as one text of YAML (or JSON, which is YAML).
  const list: unknown = typeof written === 'string' ? parse(written) : written
  if (!Array.isArray(list)) return { ok: false, message: `must be a list, not ${show(list)}.` }
  const entries: T[] = []
  for (const [index, item] of list.entries()) {
    const message = faultOf(item, index, names)
    if (message !== undefined) return { ok: false, message }
    const values = asJson(item.values, CONFIG_DEPTH)
    if (!isJsonObject(values))
      return { ok: false, message: `needs a map as values of its entry ${index + 1}.` }
    entries.push(take({ type: item.type, values, forced: item.forced === true }))
  }
  return { ok: true, value: entries }
}

function faultOf(item: unknown, index: number, names: readonly string[]): string | undefined {
  const entry = `its entry ${index + 1}`
  if (!isPlainObject(item)) return `must hold maps: ${entry} is ${show(item)}.`
  const unknown = Object.keys(item).find((name) => !names.includes(name))
  if (unknown !== undefined)
    return `has the unknown name "${unknown}" in ${entry}; there are ${names.join(', ')}.`
  if (typeof item['type'] !== 'string' || item['type'] === '') return `needs a type in ${entry}.`
  if (item['forced'] !== undefined && typeof item['forced'] !== 'boolean')
    return `needs true or false as forced of ${entry}.`
  return undefined
}
