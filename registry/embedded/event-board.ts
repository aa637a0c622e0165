import { EventEmitter, once } from 'node:events'
import { messageOf } from '../errors.ts'
import { EVENT_WAIT_MS } from '../limits.ts'
import type { RegistryEvents, RegistryLogLine } from './options.ts'
import type { RegistryEvent } from './protocol.ts'

type Listeners = {
  readonly [E in keyof RegistryEvents]: Set<(event: RegistryEvents[E]) => void>
}

/** Tells listeners what happened, in order, and knows how far it has come. */
export class EventBoard {
  readonly #listeners: Listeners = {
    published: new Set(),
    unpublished: new Set(),
    distTagsChanged: new Set(),
    deprecated: new Set(),
    ready: new Set(),
    died: new Set(),
  }
  readonly #progress = new EventEmitter().setMaxListeners(0)
  readonly #log: (line: RegistryLogLine) => void
  #toldSequence = 0

  constructor(log: (line: RegistryLogLine) => void) {
    this.#log = log
  }

  on<E extends keyof RegistryEvents>(type: E, listener: (event: RegistryEvents[E]) => void): () => void {
    this.#listeners[type].add(listener)
    return () => void this.#listeners[type].delete(listener)
  }

  /** A listener that throws is logged; the others, and whoever publishes, do not notice. */
  tell<E extends keyof RegistryEvents>(type: E, event: RegistryEvents[E]): void {
    for (const listener of this.#listeners[type]) {
      try {
        listener(event)
      } catch (error) {
        this.#log({
          level: 'error',
          message: 'A listener to the registry failed.',
          fields: { event: type, error: messageOf(error) },
        })
      }
    }
  }

  tellStored(sequence: number, event: RegistryEvent): void {
    this.#tellByType(event)
    this.#toldSequence = sequence
    this.#progress.emit('told')
  }

  /** Resolves when the event with that sequence was told. */
  async untilTold(sequence: number): Promise<void> {
    const signal = AbortSignal.timeout(EVENT_WAIT_MS)
    while (this.#toldSequence < sequence && !signal.aborted) {
      await once(this.#progress, 'told', { signal }).catch(() => undefined)
    }
  }

  /** A new process counts from the beginning. */
  startOver(): void {
    this.#toldSequence = 0
  }

  #tellByType(event: RegistryEvent): void {
    switch (event.type) {
      case 'published':
        return this.tell('published', event)
      case 'unpublished':
        return this.tell('unpublished', event)
      case 'distTagsChanged':
        return this.tell('distTagsChanged', event)
      case 'deprecated':
        return this.tell('deprecated', event)
      default:
        event satisfies never
    }
  }
}
