import type { ExecutionState } from '../execution-state.ts'

const STORAGE_URI = /^kestra:\/\/\//

/**
 * Whether a file was handed to an execution: its URI is a value in the inputs, the trigger or the outputs of earlier tasks.
 * They are searched once, when the first file outside the namespace is asked for.
 */
export function handedOverTo(state: ExecutionState): (uri: string) => boolean {
  let known: ReadonlySet<string> | undefined
  return (uri) => {
    const { inputs, trigger } = state.execution
    known ??= storageUrisIn([inputs, trigger, state.variables.outputs])
    return known.has(uri)
  }
}

/** Every text within plain data that is the URI of a file in internal storage. */
function storageUrisIn(root: unknown): ReadonlySet<string> {
  const uris = new Set<string>()
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value === 'string' && STORAGE_URI.test(value)) uris.add(value)
    // One by one: a list may be longer than a call's arguments.
    if (typeof value === 'object' && value !== null)
      for (const item of Object.values(value)) waiting.push(item)
  }
  return uris
}
