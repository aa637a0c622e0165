import {
  CHUNK_SLOT,
  type GuestEntry,
  type GuestExports,
  type GuestFault,
  HOST_SLOT,
  type HostFault,
  type HostFunction,
  LOAD_ERROR_SLOT,
  PLUGIN_SLOT,
} from '../protocol/guest.ts'
import type { AttemptContext } from '../runtime.ts'
import { AttemptTable, type GuestAttempt, LOAD_SCOPE } from './attempt-table.ts'
import { copyBytes } from './bytes.ts'
import type { ChunkExports } from './chunk-exports.ts'
import { flattenError } from './flatten-error.ts'
import { installGlobals } from './globals.ts'
import { harden } from './harden.ts'
import { type CallAnswer, type CallOptions, type GuestRealm, hostError } from './realm.ts'
import { type ContextBridge, createTaskContext } from './task-context.ts'
import { createTimers } from './timers.ts'

/**
 * The first script of a realm. It runs before plugin code and keeps the intrinsics that it stands on, so that a plugin
 * that patches them harms itself only. Its value is the function through which the host enters.
 */
const { parse, stringify } = JSON
const { get, apply, deleteProperty } = Reflect
const promiseThen = Promise.prototype.then

interface Definition {
  readonly kind: unknown
  readonly run: unknown
  readonly evaluate: unknown
}

export function boot(allowsWasm: boolean): GuestEntry {
  const host = takeGlobal(HOST_SLOT) as HostFunction
  const table = new AttemptTable()
  const chunks = new Map<string, unknown>()
  const types = new Map<string, Definition>()
  let lastCall = 0

  const settleFault = (attempt: number, fault: GuestFault): void => {
    const record = table.get(attempt)
    if (record === undefined || attempt === LOAD_SCOPE) return
    table.end(attempt)
    host('settle', attempt, false, stringify(fault), record.warning)
  }
  const realm: GuestRealm = {
    host,
    current: () => table.current,
    reportUncaught: (error) => settleFault(table.current, flattenError(error)),
    call: (method, params, bytes, options) => call(table.current, method, params, bytes, options),
    use: (name) => useChunk(name),
  }
  const timers = createTimers(host, table, realm.reportUncaught)

  function call(
    running: number,
    method: string,
    params: unknown,
    bytes: Uint8Array | undefined,
    options: CallOptions = {},
  ): Promise<CallAnswer> {
    return new Promise((resolve, reject) => {
      const owner = options.attempt ?? running
      const record = table.get(owner)
      if (record === undefined || owner === LOAD_SCOPE) {
        reject(new Error(`"${method}" can only be used while a task of this plugin runs.`))
        return
      }
      const id = ++lastCall
      const tight = bytes === undefined ? undefined : copyBytes(bytes)
      const refusal = host('call', owner, id, method, stringify(params), tight)
      if (refusal !== undefined) {
        reject(new RangeError(refusal))
        return
      }
      record.calls.set(id, { resolve, reject })
      options.onBegin?.(() => {
        if (record.calls.delete(id)) host('cancel', owner, id)
      })
    })
  }

  function useChunk<Name extends keyof ChunkExports>(name: Name): ChunkExports[Name] {
    const known = chunks.get(name)
    if (known !== undefined) return known as ChunkExports[Name]
    if (!host('loadChunk', name)) throw new Error(`The part "${name}" of the global scope cannot be loaded.`)
    const install = takeGlobal(CHUNK_SLOT) as (realm: GuestRealm) => ChunkExports[Name]
    const exports = install(realm)
    chunks.set(name, exports)
    return exports
  }

  function bridgeFor(record: GuestAttempt): ContextBridge {
    const { attempt } = record
    let signal: AbortSignal | undefined
    return {
      call: (method, params, bytes) => call(attempt, method, params, bytes),
      log: (level, message) => host('log', attempt, level, message),
      metric: (type, name, value, tags) => host('metric', attempt, stringify({ name, type, value, tags })),
      progress: (fraction, message) => host('progress', attempt, fraction, message),
      warn: (reason) => {
        record.warning = reason
      },
      sleep: (durationMs) =>
        new Promise((resolve, reject) => {
          const stop = (reason: string): void => reject(abortError(reason))
          if (record.abortReason !== undefined) stop(record.abortReason)
          else {
            record.onAbort.push(stop)
            timers.globals.setTimeout(() => {
              record.onAbort.splice(record.onAbort.indexOf(stop), 1)
              resolve()
            }, durationMs)
          }
        }),
      get signal() {
        if (signal === undefined) {
          const controller = new AbortController()
          const stop = (reason: string): void => controller.abort(abortError(reason))
          if (record.abortReason === undefined) record.onAbort.push(stop)
          else stop(record.abortReason)
          signal = controller.signal
        }
        return signal
      },
    }
  }

  function abortError(reason: string): Error {
    return new (useChunk('events').DOMException)(
      reason === 'timeout' ? 'The attempt ran out of time.' : 'The attempt was killed.',
      reason === 'timeout' ? 'TimeoutError' : 'AbortError',
    )
  }

  function succeed(attempt: number, method: string, value: unknown): void {
    const record = table.get(attempt)
    if (record === undefined) return
    const isNothing = value === undefined || (value === null && method === 'evaluate')
    if (!isNothing && (typeof value !== 'object' || value === null || Array.isArray(value))) {
      const message = `\`${method}\` must return an object${method === 'run' ? ' or nothing' : ''}; it returned ${Array.isArray(value) ? 'an array' : typeof value}.`
      settleFault(attempt, { ...plainFault(message), reason: 'output-invalid' })
      return
    }
    let json: string | undefined
    try {
      json = isNothing ? (method === 'run' ? '{}' : 'null') : stringify(value)
    } catch (error) {
      const { message } = flattenError(error)
      settleFault(attempt, {
        ...plainFault(`What \`${method}\` returned is not JSON: ${message}`),
        reason: 'output-invalid',
      })
      return
    }
    if (json === undefined || json.length > record.outputBytes) {
      const message =
        json === undefined
          ? `What \`${method}\` returned is not JSON.`
          : `The outputs take ${json.length} characters of JSON; ${record.outputBytes} bytes are allowed.`
      settleFault(attempt, {
        ...plainFault(message),
        reason: json === undefined ? 'output-invalid' : 'output-too-large',
      })
      return
    }
    table.end(attempt)
    host('settle', attempt, true, json, record.warning)
  }

  const entries: { readonly [Entry in Parameters<GuestEntry>[0]]: (...args: never[]) => unknown } = {
    adopt: (): string => stringify(adoptPlugin(types)),
    start: (
      attempt: number,
      type: string,
      method: string,
      propertiesJson: string,
      contextJson: string,
      outputBytes: number,
    ): void => {
      table.current = attempt
      const record = table.begin(attempt, outputBytes)
      const fail = (error: unknown): void => settleFault(attempt, flattenError(error))
      try {
        const definition = types.get(type)
        const run = definition === undefined ? undefined : get(definition, method)
        if (typeof run !== 'function') {
          const message = `The plugin offers no type "${type}" with a \`${method}\`.`
          settleFault(attempt, { ...plainFault(message), reason: 'type-missing' })
          return
        }
        const context = createTaskContext(bridgeFor(record), parse(contextJson) as AttemptContext)
        const result: unknown = apply(run, definition, [parse(propertiesJson), context])
        if (result instanceof Promise) {
          apply(promiseThen, result, [(value: unknown) => succeed(attempt, method, value), fail])
        } else if (typeof result === 'object' && result !== null && 'then' in result) {
          const settled = new Promise((resolve) => resolve(result))
          apply(promiseThen, settled, [(value: unknown) => succeed(attempt, method, value), fail])
        } else {
          succeed(attempt, method, result)
        }
      } catch (error) {
        fail(error)
      }
    },
    deliver: (attempt: number, ...answers: (number | boolean | string | Uint8Array | undefined)[]): void => {
      table.current = attempt
      for (let index = 0; index < answers.length; index += 4) {
        const id = answers[index]
        const record = table.get(attempt)
        const pending = record?.calls.get(id as number)
        if (pending === undefined) continue
        record?.calls.delete(id as number)
        const json = answers[index + 2]
        const value: unknown = typeof json === 'string' && json !== '' ? parse(json) : undefined
        if (answers[index + 1] === true)
          pending.resolve({ value, bytes: answers[index + 3] as Uint8Array | undefined })
        else pending.reject(hostError(value as HostFault))
      }
    },
    fire: (attempt: number, ...due: number[]): void => {
      table.current = attempt
      timers.fire(attempt, due)
    },
    abort: (attempt: number, reason: string): void => {
      table.current = attempt
      const record = table.get(attempt)
      if (record === undefined) return
      record.abortReason = reason
      for (const stop of record.onAbort.splice(0)) {
        try {
          stop(reason)
        } catch (error) {
          realm.reportUncaught(error)
        }
      }
    },
    forget: (attempt: number): void => table.end(attempt),
  }

  harden(allowsWasm)
  installGlobals(realm, timers.globals)
  return ((entry: Parameters<GuestEntry>[0], ...args: never[]) => entries[entry](...args)) as GuestEntry
}

function adoptPlugin(types: Map<string, Definition>): GuestExports {
  const failure = takeGlobal(LOAD_ERROR_SLOT)
  if (typeof failure === 'object' && failure !== null) {
    const { name, message, stack } = flattenError(get(failure, 'error'))
    return { fault: `${name}: ${message}`, stack }
  }
  const plugin = takeGlobal(PLUGIN_SLOT)
  const exported = typeof plugin === 'object' && plugin !== null ? get(plugin, 'types') : undefined
  if (typeof exported !== 'object' || exported === null) {
    return { fault: `The bundle does not assign globalThis.${PLUGIN_SLOT} = { types: { … } }.` }
  }
  const found = []
  for (const type of Object.keys(exported)) {
    const definition = get(exported, type) as Definition | undefined
    if (typeof definition !== 'object' || definition === null) continue
    types.set(type, definition)
    found.push({
      type,
      kind: String(definition.kind),
      hasRun: typeof definition.run === 'function',
      hasEvaluate: typeof definition.evaluate === 'function',
    })
  }
  return { types: found }
}

function plainFault(message: string): GuestFault {
  return { name: 'Error', message, stack: '', causes: [] }
}

function takeGlobal(name: string): unknown {
  const value: unknown = get(globalThis, name)
  deleteProperty(globalThis, name)
  return value
}
