import { isPackageName } from '../../package-name.ts'
import { Refusal } from './refusal.ts'

/** A request that changes something, by what it is about. */
export type WriteRoute =
  | { readonly type: 'package'; readonly name: string }
  | { readonly type: 'revision'; readonly name: string; readonly revision: string }
  | { readonly type: 'tarball'; readonly name: string; readonly file: string }
  | { readonly type: 'distTag'; readonly name: string; readonly tag: string }

/**
 * Reads the path of a PUT, POST or DELETE as npm clients send it; a scoped name may come with `/` or `%2f`.
 *
 * @returns undefined if this registry offers no change at that path
 * @throws Refusal 400 if the package name is not one
 */
export function parseWriteRoute(path: string): WriteRoute | undefined {
  const segments = decodeSegments(path)
  if (segments[0] === '-' && segments[1] === 'package') {
    const [name, rest] = takeName(segments.slice(2))
    const [word, tag] = rest
    if (word !== 'dist-tags' || tag === undefined || tag === '' || rest.length !== 2) return undefined
    return { type: 'distTag', name: checkName(name), tag }
  }
  if (segments[0] === '-' || segments[0] === undefined || segments[0] === '') return undefined
  const [name, rest] = takeName(segments)
  if (rest.length === 0) return { type: 'package', name: checkName(name) }
  const [first, second, third] = rest
  if (first === '-rev' && second !== undefined && rest.length === 2) {
    return { type: 'revision', name: checkName(name), revision: second }
  }
  if (first === '-' && second !== undefined && third === '-rev' && rest.length === 4) {
    return { type: 'tarball', name: checkName(name), file: second }
  }
  // Old clients delete @scope/name/-/@scope/name-1.0.0.tgz.
  if (first === '-' && second?.startsWith('@') && third !== undefined && rest[3] === '-rev') {
    return { type: 'tarball', name: checkName(name), file: third }
  }
  return undefined
}

function decodeSegments(path: string): readonly string[] {
  try {
    return path.replace(/^\//, '').split('/').map(decodeURIComponent)
  } catch {
    throw new Refusal(400, 'PATH_INVALID', 'The path is not valid URI encoding.')
  }
}

function takeName(segments: readonly string[]): readonly [string, readonly string[]] {
  const [first = '', second] = segments
  if (first.startsWith('@') && !first.includes('/') && second !== undefined) {
    return [`${first}/${second}`, segments.slice(2)]
  }
  return [first, segments.slice(1)]
}

function checkName(name: string): string {
  if (isPackageName(name)) return name
  throw new Refusal(
    400,
    'PACKAGE_NAME_INVALID',
    `${JSON.stringify(name.slice(0, 214))} is not a package name. Use lower case letters, digits, "-", "." and "_".`,
  )
}
