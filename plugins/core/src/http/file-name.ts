import { MAX_FILE_NAME_LENGTH } from './limits.ts'

const FALLBACK = 'download'

/**
 * The name to store an answer under: what its Content-Disposition says (RFC 6266), else the last part of the
 * address. Never a path: the name comes from a stranger.
 */
export function fileNameOf(contentDisposition: string | null, address: string): string {
  return clean(dispositionName(contentDisposition ?? '')) ?? clean(addressName(address)) ?? FALLBACK
}

function dispositionName(header: string): string {
  const extended = /;\s*filename\*\s*=\s*UTF-8'[^']*'([^;\s]+)/i.exec(header)?.[1]
  if (extended !== undefined) return decoded(extended)
  const plain = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header)
  return plain?.[1]?.replaceAll(/\\(.)/g, '$1') ?? plain?.[2] ?? ''
}

function addressName(address: string): string {
  return decoded(new URL(address).pathname.split('/').at(-1) ?? '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The last part of a path, without control characters and without what file systems refuse. */
function clean(name: string): string | undefined {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const plain = [...last]
    .filter((character) => character >= ' ' && !'<>:"|?*\u007f'.includes(character))
    .join('')
  const cut = plain.replace(/^\.+/, '').trim().slice(-MAX_FILE_NAME_LENGTH)
  return cut === '' ? undefined : cut
}
