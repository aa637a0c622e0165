/** What an `Authorization` header carries. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }

/** @returns undefined if there is no header or nothing that can be read from it (RFC 7617, RFC 6750) */
export function readCredentials(header: string | undefined): Credentials | undefined {
  const found = /^(basic|bearer) +(\S+)$/i.exec(header ?? '')
  const [, scheme = '', value = ''] = found ?? []
  if (scheme.toLowerCase() === 'bearer') return { kind: 'token', token: value }
  if (scheme === '' || !/^[A-Za-z0-9+/_-]+=*$/.test(value)) return undefined
  const text = Buffer.from(value, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon === -1) return undefined
  return { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) }
}
