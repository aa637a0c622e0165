import {
  type GuestEntry,
  type GuestFault,
  HOST_SLOT,
  type HostFault,
  type HostFunction,
} from '../protocol/guest.ts'
import type { AttemptContext } from '../runtime.ts'
import { AttemptBridge } from './attempt-bridge.ts'
import { AttemptTable, type GuestAttempt, LOAD_SCOPE } from './attempt-table.ts'
import { createRealm } from './create-realm.ts'
import { flattenError } from './flatten-error.ts'
import { installGlobals } from './globals.ts'
import { harden } from './harden.ts'
import { plainFault, toOutputs } from './outputs.ts'
import { adoptPlugin, type Definition, takeGlobal } from './plugin-types.ts'
import { hostError } from './realm.ts'
import { createTaskContext, createTriggerContext } from './task-context.ts'
import { createTimers } from './timers.ts'

const { parse, stringify } = JSON
const { get, apply } = Reflect
const promiseThen = Promise.prototype.then

/**
 * Sets a realm up; the first script to run there. It keeps the intrinsics that it stands on, so that a plugin that
 * patches them harms itself only.
 *
 * @returns the function through which the host enters
 */
export function boot(allowsWasm: boolean): GuestEntry {
  // Named by the host, which put it there before any plugin code could.
  const host = takeGlobal(HOST_SLOT) as HostFunction
  const table = new AttemptTable()
  const types = new Map<string, Definition>()
  const fail = (attempt: number, fault: GuestFault): void => {
    const warning = table.get(attempt)?.warning
    if (attempt !== LOAD_SCOPE && table.end(attempt))
      host('settle', attempt, false, stringify(fault), warning)
  }
  const reportUncaught = (error: unknown): void => fail(table.current, flattenError(error))
  const timers = createTimers(host, table, reportUncaught)
  const realm = createRealm(host, table, timers.setFor, reportUncaught)

  let returned: { readonly attempt: number; readonly json: string } | undefined

  /** @returns the outputs, for a host that is still waiting for this entry */
  const succeed = (record: GuestAttempt, value: unknown): string | undefined => {
    const outputs = toOutputs(value, record.method, record.outputBytes)
    if ('fault' in outputs) fail(record.attempt, outputs.fault)
    else if (table.end(record.attempt)) return outputs.json
    return undefined
  }
  const follow = (record: GuestAttempt, promise: object): void => {
    const onValue = (value: unknown): void => {
      const json = succeed(record, value)
      if (json !== undefined) host('settle', record.attempt, true, json, record.warning)
    }
    apply(promiseThen, promise, [onValue, (error: unknown) => fail(record.attempt, flattenError(error))])
  }
  const start = (
    attempt: number,
    type: string,
    method: string,
    propertiesJson: string,
    contextJson: string,
    outputBytes: number,
  ): string | undefined => {
    table.current = attempt
    const record = table.begin(attempt, method, outputBytes)
    try {
      const definition = types.get(type)
      const run: unknown = definition === undefined ? undefined : get(definition, method)
      if (typeof run !== 'function') {
        const message = `The plugin offers no type "${type}" with a \`${method}\`.`
        fail(attempt, { ...plainFault(message), reason: 'type-missing' })
        return undefined
      }
      const bridge = new AttemptBridge(realm, record)
      const info = (): AttemptContext => parse(contextJson)
      const context =
        method === 'run' ? createTaskContext(bridge, info) : createTriggerContext(bridge, info())
      const result: unknown = apply(run, definition, [parse(propertiesJson), context])
      if (result instanceof Promise) follow(record, result)
      else if (typeof result === 'object' && result !== null && 'then' in result) {
        follow(record, new Promise((resolve) => resolve(result)))
      } else {
        const json = succeed(record, result)
        if (record.warning === undefined) {
          returned = json === undefined ? undefined : { attempt, json }
          return json
        }
        if (json !== undefined) host('settle', attempt, true, json, record.warning)
      }
    } catch (error) {
      fail(attempt, flattenError(error))
    }
    return undefined
  }
  const deliver = (attempt: number, answers: readonly unknown[]): void => {
    table.current = attempt
    for (let index = 0; index + 3 < answers.length; index += 4) {
      const id = answers[index]
      const record = table.get(attempt)
      const pending = typeof id === 'number' ? record?.calls.get(id) : undefined
      if (pending === undefined || typeof id !== 'number') continue
      record?.calls.delete(id)
      const json = answers[index + 2]
      const bytes = answers[index + 3]
      const value: unknown = typeof json === 'string' && json !== '' ? parse(json) : undefined
      if (answers[index + 1] !== true) pending.reject(hostError(value as HostFault))
      else pending.resolve({ value, bytes: bytes instanceof Uint8Array ? bytes : undefined })
    }
  }
  const abort = (attempt: number, reason: string): void => {
    table.current = attempt
    const record = table.get(attempt)
    if (record === undefined) return
    record.abortReason = reason
    const told = [...record.onAbort]
    record.onAbort.clear()
    for (const tell of told) {
      try {
        tell(reason)
      } catch (error) {
        reportUncaught(error)
      }
    }
  }
  const fire = (attempt: number, due: readonly number[]): void => {
    table.current = attempt
    timers.fire(attempt, due)
  }

  harden(allowsWasm)
  installGlobals(realm, timers.globals)
  return createEntry({
    adopt: () => stringify(adoptPlugin(types)),
    start,
    recall: (attempt) => (returned?.attempt === attempt ? returned.json : undefined),
    deliver: (attempt, ...answers) => deliver(attempt, answers),
    fire: (attempt, ...due) => fire(attempt, due),
    abort,
    forget: (attempt) => {
      table.end(attempt)
    },
  })
}

type Entries = { readonly [Entry in Parameters<GuestEntry>[0]]: (...args: never[]) => unknown }

function createEntry(entries: {
  adopt(): string
  start(...args: [number, string, string, string, string, number]): string | undefined
  recall(attempt: number): string | undefined
  deliver(attempt: number, ...answers: unknown[]): void
  fire(attempt: number, ...due: number[]): void
  abort(attempt: number, reason: string): void
  forget(attempt: number): void
}): GuestEntry {
  const byName: Entries = entries
  return ((entry: Parameters<GuestEntry>[0], ...args: never[]) => byName[entry](...args)) as GuestEntry
}
