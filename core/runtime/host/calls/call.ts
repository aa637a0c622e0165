import type { CryptoKeys } from '../crypto-keys.ts'
import type { HostAttempt } from '../host-attempt.ts'
import type { HttpClient } from '../network/http-client.ts'
import type { PassToParent } from '../parent-calls.ts'

export interface CallInput {
  readonly attempt: HostAttempt
  /** Passes a call on to the parent. @returns the result's JSON text */
  readonly pass: PassToParent
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

/** Calls of isolates use what belongs to the plugin version as well; Node's own modules stand for it elsewhere. */
export interface IsolateCallInput extends CallInput {
  readonly http: HttpClient
  readonly keys: CryptoKeys
}

export type IsolateCall = (input: IsolateCallInput) => Promise<CallOutput>

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
