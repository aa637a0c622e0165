import type { IncomingHttpHeaders } from 'node:http'
import { INTERNAL_HEADERS, type RegistryIdentity } from '../protocol.ts'

/** Who asks, as the parent says. Only for requests that brought the secret. */
export function readIdentity(headers: IncomingHttpHeaders): RegistryIdentity | undefined {
  const username = headers[INTERNAL_HEADERS.user]
  if (typeof username !== 'string') return undefined
  return {
    username: decodeURIComponent(username),
    isAdmin: headers[INTERNAL_HEADERS.admin] === '1',
    canPublish: headers[INTERNAL_HEADERS.canPublish] === '1',
  }
}
