import type { RefusalCode } from '../../errors.ts'

/** An answer other than success. npm clients print `message` after the status. */
export class Refusal extends Error {
  readonly status: number
  readonly code: RefusalCode
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, code: RefusalCode, message: string, retryAfterSeconds?: number) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}
