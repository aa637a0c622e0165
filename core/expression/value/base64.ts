const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Standard Base64 with padding. Written here because the language has it only from ES2026 on. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b, c] = bytes.subarray(index, index + 3)
    text += STANDARD.charAt(a >> 2) + STANDARD.charAt(((a & 3) << 4) | ((b ?? 0) >> 4))
    text += b === undefined ? '=' : STANDARD.charAt(((b & 15) << 2) | ((c ?? 0) >> 6))
    text += c === undefined ? '=' : STANDARD.charAt(c & 63)
  }
  return text
}

/** Bytes of Base64 in the standard or the URL alphabet, padded or not, white space ignored; undefined if it is neither. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/')
  const digits = compact.replace(/={1,2}$/, '')
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let bits = 0
  let held = 0
  let at = 0
  for (let index = 0; index < digits.length; index++) {
    held = ((held << 6) | (VALUES[digits.charCodeAt(index)] ?? 0)) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = (held >> bits) & 0xff
    }
  }
  return bytes
}

const VALUES = new Uint8Array(128)
for (let index = 0; index < STANDARD.length; index++) VALUES[STANDARD.charCodeAt(index)] = index
