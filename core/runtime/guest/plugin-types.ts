import { type GuestExports, LOAD_ERROR_SLOT, PLUGIN_SLOT } from '../protocol/guest.ts'
import { flattenError } from './flatten-error.ts'

const { get, deleteProperty } = Reflect

/** A type as its bundle exports it; what it holds is checked where it is used. */
export type Definition = object

/** Takes what the bundle has left in the global scope. */
export function adoptPlugin(types: Map<string, Definition>): GuestExports {
  const failure = takeGlobal(LOAD_ERROR_SLOT)
  if (typeof failure === 'object' && failure !== null) {
    const { name, message, stack } = flattenError(get(failure, 'error'))
    return { fault: `${name}: ${message}`, stack }
  }
  const plugin = takeGlobal(PLUGIN_SLOT)
  const exported: unknown = typeof plugin === 'object' && plugin !== null ? get(plugin, 'types') : undefined
  if (typeof exported !== 'object' || exported === null) {
    return { fault: `The bundle does not assign globalThis.${PLUGIN_SLOT} = { types: { … } }.` }
  }
  const found = []
  for (const type of Object.keys(exported)) {
    const definition: unknown = get(exported, type)
    if (typeof definition !== 'object' || definition === null) continue
    types.set(type, definition)
    found.push({
      type,
      kind: String(get(definition, 'kind')),
      hasRun: typeof get(definition, 'run') === 'function',
      hasEvaluate: typeof get(definition, 'evaluate') === 'function',
    })
  }
  return { types: found }
}

export function takeGlobal(name: string): unknown {
  const value: unknown = get(globalThis, name)
  deleteProperty(globalThis, name)
  return value
}
