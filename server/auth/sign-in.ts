import type { Principal } from '@pinion/core/identity'

/** What a request needs of `core/identity`. */
export interface SignIn {
  /** @returns undefined for a wrong name or password */
  byPassword(username: string, password: string): Promise<Principal | undefined>
  /** @returns undefined for a token that is unknown, expired or revoked */
  byToken(token: string): Promise<Principal | undefined>
}
