import { MAY_UNPUBLISH_TIMEOUT_MS } from '../../limits.ts'
import type { RegistryEvent, ToParent, UnpublishDecision, VersionToUnpublish } from '../protocol.ts'
import { Refusal } from './refusal.ts'

/** The child's end of the channel to the parent. */
export class ParentLink {
  /** The sequence of the last event that was told. */
  sequence = 0
  #nextQuestion = 1
  readonly #questions = new Map<number, (decisions: readonly UnpublishDecision[]) => void>()

  send(message: ToParent): Promise<void> {
    return new Promise((resolve, reject) => {
      if (process.send === undefined) reject(new Error('The registry process was not started by a parent.'))
      else process.send(message, (error: Error | null) => (error === null ? resolve() : reject(error)))
    })
  }

  async tell(event: RegistryEvent): Promise<void> {
    this.sequence += 1
    await this.send({ type: 'event', sequence: this.sequence, event })
  }

  /** @throws Refusal 503 if the parent does not answer in time */
  async mayUnpublish(versions: readonly VersionToUnpublish[]): Promise<readonly UnpublishDecision[]> {
    const id = this.#nextQuestion
    this.#nextQuestion += 1
    const { promise, resolve, reject } = Promise.withResolvers<readonly UnpublishDecision[]>()
    this.#questions.set(id, resolve)
    const timer = setTimeout(
      () =>
        reject(
          new Refusal(503, 'UNPUBLISH_UNDECIDED', 'It could not be found out in time whether it is used.', 5),
        ),
      MAY_UNPUBLISH_TIMEOUT_MS,
    )
    try {
      await this.send({ type: 'mayUnpublish', id, versions })
      return await promise
    } finally {
      clearTimeout(timer)
      this.#questions.delete(id)
    }
  }

  takeDecisions(id: number, decisions: readonly UnpublishDecision[]): void {
    this.#questions.get(id)?.(decisions)
  }
}
