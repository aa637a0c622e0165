import { MAX_CAUSES, MAX_ERROR_CHARS, MAX_STACK_CHARS } from '../limits.ts'
import type { GuestFault } from '../protocol/guest.ts'
import { hostCodeOf } from './realm.ts'

const { stringify } = JSON

/**
 * Turns whatever was thrown into data. Runs inside the isolate: a getter that loops here meets the timeout, whereas
 * outside nothing could stop it. A property that throws counts as absent.
 */
export function flattenError(thrown: unknown): GuestFault {
  if (typeof thrown !== 'object' || thrown === null) {
    return {
      name: 'Error',
      message: cut(`The plugin threw ${describe(thrown)}.`, MAX_ERROR_CHARS),
      stack: '',
      causes: [],
    }
  }
  const name = text(read(thrown, 'name')) || 'Error'
  const message = text(read(thrown, 'message')) || `The plugin threw ${name} without a message.`
  const retryable = read(thrown, 'retryable')
  const reason = hostCodeOf(thrown)
  const outputsJson = name === 'TaskError' ? outputsOf(thrown) : undefined
  return {
    name: cut(name, 200),
    message: cut(message, MAX_ERROR_CHARS),
    stack: cut(text(read(thrown, 'stack')), MAX_STACK_CHARS),
    causes: causesOf(thrown),
    ...(reason === undefined ? {} : { reason }),
    ...(typeof retryable === 'boolean' ? { retryable } : {}),
    ...(outputsJson === undefined ? {} : { outputsJson }),
  }
}

function outputsOf(error: object): string | undefined {
  try {
    const outputs = read(error, 'outputs')
    return typeof outputs === 'object' && outputs !== null ? stringify(outputs) : undefined
  } catch {
    return undefined
  }
}

function causesOf(error: object): string[] {
  const causes: string[] = []
  let cause = read(error, 'cause')
  while (cause !== undefined && cause !== null && causes.length < MAX_CAUSES) {
    const message = typeof cause === 'object' ? text(read(cause, 'message')) : describe(cause)
    causes[causes.length] = cut(message, 1_000)
    cause = typeof cause === 'object' ? read(cause, 'cause') : undefined
  }
  return causes
}

function read(object: object, property: string): unknown {
  try {
    return Reflect.get(object, property)
  } catch {
    return undefined
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `the text "${value}"` : String(value)
}

/** @param limit - characters */
export function cut(value: string, limit: number): string {
  return value.length <= limit ? value : `${value.slice(0, limit)}… (${value.length - limit} more characters)`
}
