import type { AttemptCalls, AttemptMethod } from '../runtime.ts'
import type { CryptoKeys } from './crypto-keys.ts'
import type { HostAttempt } from './host-attempt.ts'
import type { HttpClient } from './network/http-client.ts'

/** What the calls of one loaded plugin version stand on; freed with it. */
export interface PluginServices {
  readonly http: HttpClient
  readonly keys: CryptoKeys
  /**
   * Passes a call on to the parent.
   *
   * @returns the result's JSON text
   */
  pass<M extends AttemptMethod>(
    attempt: HostAttempt,
    method: M,
    params: AttemptCalls[M]['params'],
    signal: AbortSignal,
  ): Promise<string>
}
