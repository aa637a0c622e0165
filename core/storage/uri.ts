import { StorageError } from './errors.ts'
import { parsePath } from './path.ts'

const PREFIX = 'kestra:///'

/**
 * The path of a file from its URI: `kestra:///company/team/a%20b.csv` gives `company/team/a b.csv`.
 *
 * @throws StorageError `STORAGE_URI_INVALID`, or `STORAGE_PATH_INVALID` for what it says once decoded
 */
export function parseStorageUri(text: string): string {
  if (!text.startsWith(PREFIX) || /[?#]/.test(text)) throw invalidUri(text)
  const segments = text
    .slice(PREFIX.length)
    .split('/')
    .map((segment) => decode(segment, text))
  // Before joining: an encoded slash must not become a separator.
  if (segments.some((segment) => segment.includes('/'))) throw invalidUri(text)
  const path = segments.join('/')
  parsePath(path)
  return path
}

/**
 * The URI of a path, always in the same form: what parses to one path may be compared as formatted text.
 *
 * @throws StorageError `STORAGE_PATH_INVALID`
 */
export function formatStorageUri(path: string): string {
  return PREFIX + parsePath(path).map(encodeURIComponent).join('/')
}

function decode(segment: string, uri: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (error) {
    throw invalidUri(uri, error)
  }
}

function invalidUri(text: string, cause?: unknown): StorageError {
  const shown = JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
  return new StorageError('STORAGE_URI_INVALID', `${shown} is not the URI of a file in internal storage.`, {
    cause,
    hint: 'Such a URI looks like kestra:///company/team/report.csv, with other characters percent-encoded.',
  })
}
