import type { HostAttempt } from '../host-attempt.ts'
import type { PluginServices } from '../plugin-services.ts'

export interface CallInput {
  readonly attempt: HostAttempt
  readonly services: PluginServices
  /** Checked by the call itself: plugin code made them. */
  readonly params: Readonly<Record<string, unknown>>
  readonly bytes: Uint8Array | undefined
  /** Aborts when the plugin withdraws the call, or the attempt ends. */
  readonly signal: AbortSignal
}

export interface CallOutput {
  /** A JSON value; already text where it comes as text. */
  readonly value?: unknown
  readonly json?: string
  readonly bytes?: Uint8Array
}

export type HostCall = (input: CallInput) => Promise<CallOutput>

export function textParam(params: CallInput['params'], name: string): string {
  const value = params[name]
  if (typeof value !== 'string') throw new TypeError(`"${name}" must be a text.`)
  return value
}

export function optionalText(params: CallInput['params'], name: string): string | undefined {
  return params[name] === undefined || params[name] === null ? undefined : textParam(params, name)
}

export function integerParam(params: CallInput['params'], name: string): number {
  const value = params[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new TypeError(`"${name}" must be a whole number from 0.`)
  }
  return value
}
