import type { Readable } from 'node:stream'

/** What a handler gives back; `http` turns it into a response. */
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown; readonly headers?: Headers }
  | { readonly kind: 'text'; readonly status: number; readonly body: string; readonly contentType: string }
  | {
      readonly kind: 'stream'
      readonly body: Readable
      readonly contentType: string
      readonly headers?: Headers
    }
  | { readonly kind: 'events'; readonly events: AsyncIterable<ServerEvent> }
  | { readonly kind: 'empty'; readonly status: number }

type Headers = Readonly<Record<string, string>>

/** One server-sent event; `data` becomes JSON text, undefined an empty one. */
export interface ServerEvent {
  readonly id?: string
  readonly event?: string
  readonly data: unknown
}

export function json(body: unknown, status = 200, headers: Headers = {}): Answer {
  return { kind: 'json', status, body, headers }
}

export function text(body: string, contentType: string): Answer {
  return { kind: 'text', status: 200, body, contentType }
}

export function noContent(): Answer {
  return { kind: 'empty', status: 204 }
}

export function events(stream: AsyncIterable<ServerEvent>): Answer {
  return { kind: 'events', events: stream }
}
