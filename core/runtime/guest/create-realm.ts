import { CHUNK_SLOT, type HostFunction } from '../protocol/guest.ts'
import { type AttemptTable, LOAD_SCOPE } from './attempt-table.ts'
import { copyBytes } from './bytes.ts'
import { takeGlobal } from './plugin-types.ts'
import type { CallAnswer, CallOptions, ChunkExports, GuestRealm } from './realm.ts'

const { stringify } = JSON

/** Joins the bridge, the attempts and the lazily evaluated chunks to what the parts of the global scope share. */
export function createRealm(
  host: HostFunction,
  table: AttemptTable,
  setTimer: GuestRealm['setTimer'],
  reportUncaught: GuestRealm['reportUncaught'],
): GuestRealm {
  const chunks: Partial<ChunkExports> = {}
  let lastCall = 0

  const call = (
    method: string,
    params: unknown,
    bytes?: Uint8Array,
    { attempt = table.current, onBegin }: CallOptions = {},
  ): Promise<CallAnswer> =>
    new Promise((resolve, reject) => {
      const record = table.get(attempt)
      if (record === undefined || attempt === LOAD_SCOPE) {
        reject(new Error(`"${method}" can only be used while a task of this plugin runs.`))
        return
      }
      const id = ++lastCall
      const tight = bytes === undefined ? undefined : copyBytes(bytes)
      const refusal = host('call', attempt, id, method, stringify(params), tight)
      if (refusal !== undefined) {
        reject(new RangeError(refusal))
        return
      }
      record.calls.set(id, { resolve, reject })
      onBegin?.(() => {
        if (record.calls.delete(id)) host('cancel', attempt, id)
      })
    })

  const use = <Name extends keyof ChunkExports>(name: Name): ChunkExports[Name] => {
    const known = chunks[name]
    if (known !== undefined) return known
    if (!host('loadChunk', name)) throw new Error(`The part "${name}" of the global scope cannot be loaded.`)
    // Left there by the chunk's script a moment ago.
    const install = takeGlobal(CHUNK_SLOT) as (realm: GuestRealm) => ChunkExports[Name]
    const exports = install(realm)
    chunks[name] = exports
    return exports
  }

  const realm: GuestRealm = { host, call, use, setTimer, reportUncaught, current: () => table.current }
  return realm
}
