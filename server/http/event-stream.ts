import { PassThrough, type Readable } from 'node:stream'
import { ServerError } from '../errors.ts'
import { EVENT_STREAM_HEARTBEAT_MS, EVENT_STREAMS } from '../limits.ts'
import type { ServerEvent } from './answer.ts'

/** Counts the open streams of a server, and refuses one too many. */
export class EventStreams {
  #open = 0

  /**
   * Turns events into the text of an event stream (WHATWG HTML, section 9.2). A slow reader slows the source down; a reader
   * that goes away ends it.
   *
   * @throws ServerError `HTTP_TOO_MANY_STREAMS`
   */
  open(events: AsyncIterable<ServerEvent>): Readable {
    if (this.#open >= EVENT_STREAMS) {
      throw new ServerError('HTTP_TOO_MANY_STREAMS', `${EVENT_STREAMS} event streams are open already.`)
    }
    this.#open++
    const stream = new PassThrough()
    // A comment: proxies close what is silent, and a dead peer is noticed by writing to it.
    const heartbeat = setInterval(
      () => stream.writableNeedDrain || stream.write(':\n\n'),
      EVENT_STREAM_HEARTBEAT_MS,
    )
    stream.once('close', () => {
      this.#open--
      clearInterval(heartbeat)
    })
    void pump(events, stream)
    return stream
  }
}

async function pump(events: AsyncIterable<ServerEvent>, stream: PassThrough): Promise<void> {
  const iterator = events[Symbol.asyncIterator]()
  // The source may wait for long: it must hear at once that nobody listens any more.
  stream.once('close', () => void iterator.return?.().catch(() => undefined))
  try {
    for (let next = await iterator.next(); !next.done && !stream.destroyed; next = await iterator.next()) {
      if (!stream.write(format(next.value))) await drained(stream)
    }
    stream.end()
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}

function drained(stream: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.once('drain', done).once('close', done)
  })
}

function format({ id, event, data }: ServerEvent): string {
  const head = `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}`
  return `${head}data: ${data === undefined ? '' : JSON.stringify(data)}\n\n`
}
