import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { emitJavaScript } from './emit.ts'
import { PackError } from './errors.ts'
import { publishedPackageJson } from './published-package-json.ts'

const run = promisify(execFile)

/** Never published: what only tests and builds need. */
const LEFT_OUT = /^(node_modules|dist|fixtures|coverage|\..*|tsconfig.*\.json|vitest\.config\..*|.*\.tgz)$/
const MAX_NPM_OUTPUT_BYTES = 16 * 1024 * 1024

/**
 * Makes the npm archive of a workspace package: JavaScript with declarations in the places of the TypeScript
 * sources, as Node strips no types below `node_modules`. Everything else in the folder (bins, assets, README)
 * goes along as it is.
 *
 * @param dir - folder of the package
 * @param outDir - where the archive is put; made if it is not there
 * @returns absolute path of the `.tgz`
 * @throws PackError `PACK_PACKAGE_INVALID`, `PACK_EMIT_INCOMPLETE`, `PACK_ARCHIVE_FAILED`
 */
export async function packWorkspace(dir: string, outDir: string): Promise<string> {
  const source = resolve(dir)
  const packageJson = await publishedPackageJson(source)
  const work = await mkdtemp(join(tmpdir(), 'pinion-pack-'))
  try {
    const staging = join(work, 'package')
    await copyAssets(source, staging)
    await writeFile(join(staging, 'package.json'), `${JSON.stringify(packageJson.content, null, 2)}\n`)
    await emitJavaScript(source, staging, packageJson.doors)
    return await archive(staging, work, resolve(outDir))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function copyAssets(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true })
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const isSource = /\.[cm]?tsx?$/.test(entry.name)
    if (LEFT_OUT.test(entry.name) || isSource || entry.name === 'package.json') continue
    const from = join(source, entry.name)
    const to = join(target, entry.name)
    if (entry.isDirectory()) await copyAssets(from, to)
    else if (entry.isFile()) await cp(from, to)
  }
}

async function archive(staging: string, work: string, outDir: string): Promise<string> {
  await mkdir(outDir, { recursive: true })
  const args = ['pack', staging, '--pack-destination', work, '--json', '--ignore-scripts', '--loglevel=error']
  try {
    await run('npm', args, { cwd: work, maxBuffer: MAX_NPM_OUTPUT_BYTES })
  } catch (error) {
    throw new PackError('PACK_ARCHIVE_FAILED', `npm could not pack ${staging}.`, { cause: error })
  }
  const made = (await readdir(work)).find((name) => name.endsWith('.tgz'))
  if (made === undefined) throw new PackError('PACK_ARCHIVE_FAILED', `npm packed nothing from ${staging}.`)
  const target = join(outDir, basename(made))
  await moveFile(join(work, made), target)
  return target
}

/** The temporary folder may be on another disk than the target. */
async function moveFile(from: string, to: string): Promise<void> {
  const staged = `${to}.tmp`
  await writeFile(staged, await readFile(from))
  await rename(staged, to)
}
