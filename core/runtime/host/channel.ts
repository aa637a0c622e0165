import type { FromHost, ToHost } from '../protocol/messages.ts'

/** Milliseconds that an outgoing message waits at most for company, while the thread is busy. */
const MAX_DELAY_MS = 2

/** The host's end of the IPC channel: messages of one turn of the event loop leave as one array. */
export class HostChannel {
  #outbox: FromHost[] = []
  #firstQueuedAt = 0

  onMessages(listener: (messages: readonly ToHost[]) => void): void {
    // The parent is ours, so that its messages are taken at their word.
    process.on('message', (messages: readonly ToHost[]) => listener(messages))
    // Nobody is left to answer to: a host never outlives its parent.
    process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  }

  send(message: FromHost): void {
    if (this.#outbox.length === 0) {
      this.#firstQueuedAt = performance.now()
      setImmediate(() => this.flush())
    }
    this.#outbox.push(message)
  }

  /** Between two slices of plugin code: what has waited long enough leaves now. */
  flushIfDue(): void {
    if (this.#outbox.length > 0 && performance.now() - this.#firstQueuedAt > MAX_DELAY_MS) this.flush()
  }

  flush(): void {
    if (this.#outbox.length === 0) return
    const messages = this.#outbox
    this.#outbox = []
    process.send?.(messages)
  }
}
