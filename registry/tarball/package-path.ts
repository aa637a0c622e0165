export type PackagePath =
  | { readonly isSafe: true; readonly path: string }
  | { readonly isSafe: false; readonly reason: string }

const MAX_PATH_CHARS = 1024

/**
 * Checks the path of a tarball entry and takes off the archive's first folder, as npm does when it unpacks. Names are
 * brought to Unicode's NFC, so that two spellings of one name count as one.
 */
export function packagePath(entryPath: string): PackagePath {
  if (entryPath.length > MAX_PATH_CHARS) return unsafe('is too long')
  if (hasControlCharacter(entryPath)) return unsafe('has a control character')
  // A backslash is a separator on Windows, where the same package may be installed.
  if (entryPath.includes('\\')) return unsafe('has a backslash')
  if (entryPath.startsWith('/')) return unsafe('is absolute')
  const segments = entryPath.split('/').filter((segment) => segment !== '' && segment !== '.')
  // Any segment: once the first folder is taken off, the next one leads.
  if (segments.some((segment) => /^[a-z]:/i.test(segment))) return unsafe('has a drive letter')
  if (segments.includes('..')) return unsafe('leaves the package by ".."')
  return { isSafe: true, path: segments.slice(1).join('/').normalize('NFC') }
}

function unsafe(reason: string): PackagePath {
  return { isSafe: false, reason }
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}
