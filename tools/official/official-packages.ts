import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { keepBuild } from './keep-build.ts'

/** The packages of this release, packed: what a new server's registry holds from its first start. */
export interface OfficialPackages {
  /** Published and installed. */
  readonly plugins: readonly string[]
  /** Published only: what plugin authors install. */
  readonly libraries: readonly string[]
}

const ROOT = join(import.meta.dirname, '../..')
const LIBRARIES = ['plugin-sdk', 'core'] as const
/** Beside the sources in a checkout; a published command line brings the same folder with it. */
const PACKED = join(import.meta.dirname, '../dist/official')

/**
 * The official packages as tarballs. Built once for each state of their sources: as long as no file changes, this costs the
 * reading of them.
 *
 * @param tell - told before a build, which takes some seconds
 */
export async function officialPackages(tell: (message: string) => void): Promise<OfficialPackages> {
  const pluginFolders = (await readdir(join(ROOT, 'plugins'))).map((name) => join(ROOT, 'plugins', name))
  const libraryFolders = LIBRARIES.map((name) => join(ROOT, name))
  const folder = join(PACKED, await digestOf([...pluginFolders, ...libraryFolders]))
  if (!existsSync(folder)) {
    tell('Building the official plugins; the next start will not have to.')
    await build(folder, pluginFolders, libraryFolders)
  }
  const list = async (kind: string) =>
    (await readdir(join(folder, kind))).map((file) => join(folder, kind, file))
  return { plugins: await list('plugins'), libraries: await list('libraries') }
}

/** Builds into a folder of its own first, so that an interrupted build leaves nothing that looks whole. */
async function build(
  target: string,
  plugins: readonly string[],
  libraries: readonly string[],
): Promise<void> {
  // Loaded here: a start that finds them built has no use for bundler and compiler.
  const [{ createPluginBuilder }, { packPlugin, packWorkspace }] = await Promise.all([
    import('@pinion/plugin-sdk/build'),
    import('../build/index.ts'),
  ])
  const work = `${target}.${process.pid}`
  await mkdir(work, { recursive: true })
  try {
    await Promise.all([
      ...plugins.map(async (folder) => {
        const builder = createPluginBuilder(folder)
        try {
          await builder.rebuild()
        } finally {
          await builder.close()
        }
        await packPlugin(folder, join(work, 'plugins'))
      }),
      ...libraries.map((folder) => packWorkspace(folder, join(work, 'libraries'))),
    ])
    await keepBuild(work, target)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Of every file that goes into a package, by name and content. */
async function digestOf(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !/(^|\/)(node_modules|dist|fixtures|coverage)\//.test(relative(ROOT, file)))
      .sort()
    const contents = await Promise.all(files.map((file) => readFile(file)))
    for (const [index, file] of files.entries())
      hash.update(relative(ROOT, file)).update(contents[index] ?? '')
  }
  return hash.digest('hex').slice(0, 32)
}
