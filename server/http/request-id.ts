import type { IncomingMessage } from 'node:http'
import { newId } from '@pinion/core/id'

/** The caller's id if it is one that may stand in a log and a header, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : newId()
}
