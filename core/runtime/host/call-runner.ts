import { serializeError } from '../../errors/index.ts'
import type { HostFault } from '../protocol/guest.ts'
import type { IsolateCall } from './calls/call.ts'
import { cryptoCalls } from './calls/crypto.ts'
import { fetchCalls } from './calls/fetch.ts'
import { platformCalls } from './calls/platform.ts'
import { streamCalls } from './calls/streams.ts'
import type { HostChannel } from './channel.ts'
import type { HostAttempt } from './host-attempt.ts'
import { ParentCalls } from './parent-calls.ts'
import type { PluginIsolate } from './plugin-isolate.ts'

const CALLS: Readonly<Record<string, IsolateCall>> = {
  ...platformCalls,
  ...streamCalls,
  ...fetchCalls,
  ...cryptoCalls,
}

/** Carries out what plugin code asks of its host, one promise for each call. */
export class CallRunner {
  readonly #parent: ParentCalls
  readonly #onAnswer: (attempt: HostAttempt) => void

  /** @param onAnswer - an answer waits in the attempt */
  constructor(channel: HostChannel, onAnswer: (attempt: HostAttempt) => void) {
    this.#parent = new ParentCalls(channel)
    this.#onAnswer = onAnswer
  }

  begin(
    attempt: HostAttempt,
    isolate: PluginIsolate,
    call: number,
    method: string,
    paramsJson: string,
    bytes: Uint8Array | undefined,
  ): void {
    attempt.hostCalls++
    const controller = new AbortController()
    attempt.calls.set(call, controller)
    const run = async (): Promise<void> => {
      try {
        const handler = Object.hasOwn(CALLS, method) ? CALLS[method] : undefined
        if (handler === undefined) throw new TypeError(`There is no "${method}".`)
        const parsed: unknown = JSON.parse(paramsJson)
        const output = await handler({
          attempt,
          http: isolate.http,
          keys: isolate.keys,
          pass: (...passed) => this.#parent.pass(...passed),
          params: typeof parsed === 'object' && parsed !== null ? { ...parsed } : {},
          bytes,
          signal: controller.signal,
        })
        const json = output.json ?? (output.value === undefined ? '' : JSON.stringify(output.value))
        this.#answer(attempt, call, true, json, output.bytes)
      } catch (error) {
        this.#answer(attempt, call, false, JSON.stringify(faultOf(error)), undefined)
      }
    }
    void run()
  }

  #answer(
    attempt: HostAttempt,
    call: number,
    isOk: boolean,
    json: string,
    bytes: Uint8Array | undefined,
  ): void {
    // Withdrawn, or the attempt has ended: nobody waits for it.
    if (!attempt.calls.delete(call) || attempt.isEnded) return
    attempt.answers.push([call, isOk, json, bytes])
    this.#onAnswer(attempt)
  }
}

/** What a plugin is told of an error: name, code and message, never this process's stack. */
function faultOf(error: unknown): HostFault {
  const { code, message, hint } = serializeError(error)
  if (!(error instanceof Error)) return { name: 'Error', code, message }
  if (code !== 'INTERNAL') {
    const name = code === 'PLUGIN_PERMISSION_DENIED' ? 'PermissionError' : 'Error'
    return { name, code, message: hint === undefined ? message : `${message} ${hint}` }
  }
  const known: unknown = Reflect.get(error, 'code')
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const text = message === '' ? String(known ?? 'The call failed') : `${message}${cause}`
  return { name: error.name, code: typeof known === 'string' ? known : error.name, message: text }
}
