import { MAX_PACKAGE_NAME_CHARS } from './limits.ts'

/**
 * npm's rules for new packages, and one more: no segment begins with a dot, a dash or an underscore, so that a name is a
 * safe path of one or two folders and never one of the registry's own routes (`/-/…`).
 */
const NAME = /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/
const RESERVED: ReadonlySet<string> = new Set(['node_modules', 'favicon.ico', 'package.json'])

export function isPackageName(name: string): boolean {
  return name.length <= MAX_PACKAGE_NAME_CHARS && NAME.test(name) && !RESERVED.has(name)
}

/** `@acme` of `@acme/http`; undefined for an unscoped name. */
export function scopeOf(name: string): string | undefined {
  return name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined
}
