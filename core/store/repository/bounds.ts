import { StoreError } from '../errors.ts'
import { MAX_DOCUMENT_BYTES } from '../limits.ts'

/** @throws StoreError `STORE_VALUE_TOO_LARGE`, naming `what` */
export function boundedKey(value: string, maxChars: number, what: string): string {
  if (value.length <= maxChars) return value
  throw new StoreError(
    'STORE_VALUE_TOO_LARGE',
    `The ${what} "${value.slice(0, 40)}…" has ${value.length} characters; ${maxChars} are kept.`,
    { hint: 'Choose a shorter one.' },
  )
}

/** @throws StoreError `STORE_VALUE_TOO_LARGE`, naming `what` */
export function boundedText(value: string, what: string, maxBytes = MAX_DOCUMENT_BYTES): string {
  // A UTF-16 unit has three bytes at most: most texts need not be counted.
  if (value.length * 3 <= maxBytes) return value
  const sizeBytes = Buffer.byteLength(value)
  if (sizeBytes <= maxBytes) return value
  throw new StoreError('STORE_VALUE_TOO_LARGE', `The ${what}: ${sizeBytes} bytes; ${maxBytes} are kept.`, {
    hint: 'Put large values into internal storage and keep their URI.',
  })
}

/** JSON text, or null for what is absent. @throws StoreError `STORE_VALUE_TOO_LARGE`, naming `what` */
export function boundedJson(value: unknown, what: string, maxBytes = MAX_DOCUMENT_BYTES): string | null {
  return value === undefined ? null : boundedText(JSON.stringify(value), what, maxBytes)
}
