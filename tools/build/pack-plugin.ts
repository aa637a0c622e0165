import { execFile } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { PackError } from './errors.ts'

const run = promisify(execFile)

/**
 * Packs a plugin that was built, as `npm publish` would. Its scripts do not run.
 *
 * @param outDir - where the archive is put, alone or with others; made if it is not there
 * @returns absolute path of the `.tgz`
 * @throws PackError `PACK_ARCHIVE_FAILED`
 */
export async function packPlugin(dir: string, outDir: string): Promise<string> {
  const target = resolve(outDir)
  await mkdir(target, { recursive: true })
  const before = new Set(await readdir(target))
  try {
    await run(
      'npm',
      ['pack', resolve(dir), '--pack-destination', target, '--ignore-scripts', '--loglevel=error'],
      {
        cwd: target,
      },
    )
  } catch (error) {
    throw new PackError('PACK_ARCHIVE_FAILED', `npm could not pack ${dir}.`, { cause: error })
  }
  const made = (await readdir(target)).find((name) => name.endsWith('.tgz') && !before.has(name))
  if (made === undefined) throw new PackError('PACK_ARCHIVE_FAILED', `npm packed ${dir} and left no archive.`)
  return join(target, made)
}
