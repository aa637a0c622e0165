import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

/** How the client reached the server: what stands in front of the addresses that a packument has. */
export interface OutsideAddress {
  readonly protocol: 'http' | 'https'
  readonly host: string
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** undefined if the request names no usable host. */
export function outsideAddress(request: IncomingMessage, trustProxy: boolean): OutsideAddress | undefined {
  const forwardedHost = trustProxy ? firstOf(request.headers['x-forwarded-host']) : undefined
  const forwardedProtocol = trustProxy ? firstOf(request.headers['x-forwarded-proto']) : undefined
  const host = forwardedHost ?? request.headers.host
  if (host === undefined || host.length > 255 || !HOST.test(host)) return undefined
  const isEncrypted =
    forwardedProtocol === undefined ? request.socket instanceof TLSSocket : forwardedProtocol === 'https'
  return { protocol: isEncrypted ? 'https' : 'http', host }
}

/** Each proxy appends its own; the first is what the client asked for. */
function firstOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header
  return text?.split(',', 1)[0]?.trim()
}
