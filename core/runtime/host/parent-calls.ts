import { MAX_PENDING_CALLS } from '../limits.ts'
import type { AttemptCalls, AttemptMethod } from '../runtime.ts'
import type { HostChannel } from './channel.ts'
import type { HostAttempt } from './host-attempt.ts'

export type PassToParent = ParentCalls['pass']

/** Calls that only the platform can answer, on their way to the parent. */
export class ParentCalls {
  readonly #channel: HostChannel
  #last = 0

  constructor(channel: HostChannel) {
    this.#channel = channel
  }

  /** @returns the result's JSON text */
  pass<M extends AttemptMethod>(
    attempt: HostAttempt,
    method: M,
    params: AttemptCalls[M]['params'],
    signal: AbortSignal,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      if (attempt.isEnded) {
        reject(new Error('The attempt has ended.'))
        return
      }
      if (attempt.passed.size >= MAX_PENDING_CALLS) {
        reject(new RangeError('Too many calls are under way.'))
        return
      }
      const call = ++this.#last
      attempt.passed.set(call, (answer) => {
        attempt.passed.delete(call)
        if ('resultJson' in answer) resolve(answer.resultJson)
        else reject(Object.assign(new Error(answer.error.message), { code: answer.error.code }))
      })
      signal.addEventListener('abort', () => attempt.passed.delete(call), { once: true })
      this.#channel.send({ t: 'call', attempt: attempt.attempt, call, method, params })
    })
  }
}
