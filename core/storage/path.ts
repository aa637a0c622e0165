import { StorageError } from './errors.ts'
import { MAX_PATH_BYTES, MAX_SEGMENT_BYTES, MAX_SEGMENTS } from './limits.ts'

// Windows opens a device for these, whatever the extension. Refused everywhere, so that a store can move there.
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i

/**
 * The segments of a path that is safe on every backend.
 *
 * @throws StorageError `STORAGE_PATH_INVALID`, naming every fault
 */
export function parsePath(path: string): readonly string[] {
  const segments = path.split('/')
  const faults = [...pathFaults(path, segments)]
  if (faults.length === 0) return segments
  throw invalidPath(path, faults)
}

/**
 * The segments of a folder; none for the root. A slash at the end is allowed.
 *
 * @throws StorageError `STORAGE_PATH_INVALID`
 */
export function parsePrefix(prefix: string): readonly string[] {
  return prefix === '' ? [] : parsePath(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix)
}

/** @throws StorageError `STORAGE_PATH_INVALID` */
export function parseTenant(tenant: string): string {
  const faults = [...segmentFaults(tenant)]
  if (tenant.includes('/')) faults.push('contains "/"')
  if (faults.length === 0) return tenant
  throw invalidPath(tenant, faults)
}

function* pathFaults(path: string, segments: readonly string[]): Generator<string> {
  if (segments.length > MAX_SEGMENTS) return yield `has more than ${MAX_SEGMENTS} segments`
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return yield `has more than ${MAX_PATH_BYTES} bytes`
  for (const segment of segments) yield* segmentFaults(segment)
}

function* segmentFaults(segment: string): Generator<string> {
  if (segment === '') return yield 'has an empty segment'
  if (segment.startsWith('.'))
    yield segment === '..' ? 'contains ".."' : 'has a segment that starts with a dot'
  if (segment.includes('\\')) yield 'contains a backslash'
  if (/\p{Cc}/u.test(segment)) yield 'contains a control character'
  if (!segment.isWellFormed()) yield 'is not well-formed Unicode'
  if (/[. ]$/.test(segment) && !segment.startsWith('.')) yield 'has a segment that ends in a dot or space'
  if (DEVICE.test(segment)) yield `has the segment "${segment}", a device on Windows`
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) {
    yield `has a segment of more than ${MAX_SEGMENT_BYTES} bytes`
  }
}

function invalidPath(path: string, faults: readonly string[]): StorageError {
  const shown = JSON.stringify(path.length > 100 ? `${path.slice(0, 100)}…` : path)
  return new StorageError('STORAGE_PATH_INVALID', `The path ${shown} ${[...new Set(faults)].join(', ')}.`, {
    hint: 'Use names separated by "/", such as "company/team/report.csv".',
  })
}
