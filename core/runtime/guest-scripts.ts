import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { CHUNK_SLOT, GUEST_CHUNKS, type GuestChunk } from './protocol/guest.ts'

/** The scripts that make an isolate's global scope, as the host reads them from disk. */
export interface GuestScripts {
  readonly bootstrap: string
  readonly chunks: Readonly<Record<GuestChunk, string>>
}

const GUEST_DIR = join(import.meta.dirname, 'guest')
/** TypeScript in a checkout, JavaScript in the published package. */
const EXTENSION = extname(import.meta.filename)
const SHARED_SOURCES = [
  join(import.meta.dirname, `protocol/guest${EXTENSION}`),
  join(import.meta.dirname, `limits${EXTENSION}`),
]
const PACKAGES = ['esbuild', 'web-streams-polyfill', 'urlpattern-polyfill']
const INSTALLERS: Readonly<Record<GuestChunk, string>> = {
  encoding: 'installEncoding',
  events: 'installEvents',
  streams: 'installStreams',
  url: 'installUrl',
  'url-pattern': 'installUrlPattern',
  fetch: 'installFetch',
  crypto: 'installCrypto',
}

/**
 * Bundles the guest's TypeScript into plain scripts, once for each state of its sources; takes some 100 ms then and 3 ms
 * after that.
 *
 * @returns the path of a file with {@link GuestScripts} as JSON
 */
export async function prepareGuestScripts(cacheDir: string): Promise<string> {
  await mkdir(cacheDir, { recursive: true, mode: 0o700 })
  const path = join(cacheDir, `guest-${await digestSources()}.json`)
  try {
    await readFile(path)
    return path
  } catch {
    // Not built yet for these sources.
  }
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, JSON.stringify(await bundleGuest()), { mode: 0o600 })
  await rename(draft, path)
  return path
}

async function digestSources(): Promise<string> {
  const hash = createHash('sha256')
  const names = (await readdir(GUEST_DIR, { recursive: true }))
    .filter((name) => extname(name) === EXTENSION)
    .sort()
  for (const path of [
    ...names.map((name) => join(GUEST_DIR, name)),
    ...SHARED_SOURCES,
    import.meta.filename,
  ]) {
    hash.update(path).update(await readFile(path))
  }
  const require = createRequire(import.meta.url)
  for (const name of PACKAGES) hash.update(require.resolve(name))
  for (const name of PACKAGES) hash.update(await packageVersion(name))
  return hash.digest('hex').slice(0, 32)
}

async function packageVersion(name: string): Promise<string> {
  const manifest = createRequire(import.meta.url)
    .resolve.paths(name)
    ?.map((directory) => join(directory, name, 'package.json'))
  for (const path of manifest ?? []) {
    try {
      return await readFile(path, 'utf8')
    } catch {
      // Looked for further up.
    }
  }
  throw new Error(`The package ${name} is not installed.`)
}

async function bundleGuest(): Promise<GuestScripts> {
  const bootstrap = await bundle(
    `import { boot } from './bootstrap${EXTENSION}'; globalThis.${CHUNK_SLOT} = boot;`,
  )
  const chunks: Partial<Record<GuestChunk, string>> = {}
  for (const chunk of GUEST_CHUNKS) {
    chunks[chunk] = await bundle(
      `import { ${INSTALLERS[chunk]} as install } from './web/${chunk}${EXTENSION}'; globalThis.${CHUNK_SLOT} = install;`,
    )
  }
  return { bootstrap, chunks: chunks as Record<GuestChunk, string> }
}

async function bundle(contents: string): Promise<string> {
  // Only needed when the sources have changed, and slow to load.
  const { build } = await import('esbuild')
  const result = await build({
    stdin: { contents, resolveDir: GUEST_DIR, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2024',
    // Identifiers stay: plugins see the classes' names.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'silent',
  })
  const [file] = result.outputFiles
  if (file === undefined) throw new Error('esbuild gave no output.')
  return file.text
}
