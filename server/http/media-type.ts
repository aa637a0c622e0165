import type { IncomingMessage } from 'node:http'

/** In lower case, without parameters; empty if there is none. */
export function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}
