import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { BundleFile, PluginManifest } from '@pinion/plugin-sdk/manifest'
import type { BundlePaths } from '../catalog/index.ts'
import type { InspectedPackage } from '../inspect/index.ts'
import { digestOf } from '../manifest/index.ts'

/**
 * The plugins folder of this machine (`plugins.management.localRepositoryPath`). One process owns it.
 *
 *     bundles/<sha512 of the bundle, hex>/bundle.js     code, by its digest: equal code is kept once
 *     bundles/<sha512 of the bundle, hex>/<digest>.map  source maps
 *     incoming/                                         what is being downloaded or written; emptied at start
 *     plugins.meta                                      what should be here, as JSON
 *
 * A file in `bundles` is always whole: it is written elsewhere, then renamed. After a power cut that holds for what a row
 * names, because no row is written before its files are synced; the rest is swept at the next start.
 */
export class BundleFolder {
  readonly #root: string

  constructor(root: string) {
    this.#root = path.resolve(root)
  }

  /** Creates the folders and empties `incoming`. */
  async prepare(): Promise<void> {
    await rm(this.#incoming, { recursive: true, force: true })
    await mkdir(this.#bundles, { recursive: true })
    await mkdir(this.#incoming, { recursive: true })
  }

  /** A folder of one's own for a download; gone when it is disposed of. */
  async openIncoming(): Promise<{ readonly path: string } & AsyncDisposable> {
    const folder = path.join(this.#incoming, randomUUID())
    await mkdir(folder, { recursive: true })
    return {
      path: folder,
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    }
  }

  /** Where a version's files lie, or would lie. */
  locate(manifest: PluginManifest): BundlePaths {
    const folder = path.join(this.#bundles, hexOf(manifest.bundle.sha512))
    // Node takes a .js file outside a package for CommonJS first; the isolate does not look at names.
    const bundlePath = path.join(folder, manifest.runtime === 'node' ? 'bundle.mjs' : 'bundle.js')
    if (manifest.sourceMap === undefined) return { bundlePath }
    // Two versions may share their code and differ in their maps.
    return {
      bundlePath,
      sourceMapPath: path.join(folder, `${hexOf(manifest.sourceMap.sha512).slice(0, 32)}.map`),
    }
  }

  /** Keeps a version's files, durably. What is there already, whole, is not written again. */
  async keep(inspected: InspectedPackage): Promise<void> {
    const { synced } = await this.place(inspected)
    await synced
  }

  /** As {@link keep}, for whoever can use the files before they are durable: only a power cut can tell the difference. */
  async place({
    manifest,
    bundle,
    sourceMap,
  }: InspectedPackage): Promise<{ readonly synced: Promise<void> }> {
    const { bundlePath, sourceMapPath } = this.locate(manifest)
    const folder = path.dirname(bundlePath)
    const files = [{ path: bundlePath, bytes: bundle }]
    if (sourceMap !== undefined && sourceMapPath !== undefined) {
      files.push({ path: sourceMapPath, bytes: sourceMap })
    }
    if (!(await this.has(manifest))) {
      await mkdir(folder, { recursive: true })
      await Promise.all(files.map((file) => this.#writeWhole(file.path, file.bytes)))
    }
    // Also what was there: whoever wrote it may have failed before it was synced.
    return { synced: syncAll([...files.map((file) => file.path), folder, this.#bundles]) }
  }

  /** Whether all of a version's files are here and have the digests that the manifest says. */
  async has(manifest: PluginManifest): Promise<boolean> {
    const { bundlePath, sourceMapPath } = this.locate(manifest)
    const checks = [hasDigest(bundlePath, manifest.bundle)]
    if (manifest.sourceMap !== undefined && sourceMapPath !== undefined) {
      checks.push(hasDigest(sourceMapPath, manifest.sourceMap))
    }
    return (await Promise.all(checks)).every(Boolean)
  }

  async drop(bundleSha512: string): Promise<void> {
    await rm(path.join(this.#bundles, hexOf(bundleSha512)), { recursive: true, force: true })
  }

  /** Removes every bundle but these. @returns how many */
  async sweep(keptBundleSha512s: ReadonlySet<string>): Promise<number> {
    const kept = new Set(Array.from(keptBundleSha512s, hexOf))
    const orphans = (await readdir(this.#bundles)).filter((name) => !kept.has(name))
    await Promise.all(
      orphans.map((name) => rm(path.join(this.#bundles, name), { recursive: true, force: true })),
    )
    return orphans.length
  }

  /** Writes `plugins.meta`. Derived from the store, so it need not outlive a power cut; it is whole all the same. */
  async writeMeta(meta: unknown): Promise<void> {
    const temporary = path.join(this.#incoming, `${randomUUID()}.meta`)
    await writeFile(temporary, `${JSON.stringify(meta, null, 2)}\n`)
    await rename(temporary, path.join(this.#root, 'plugins.meta'))
  }

  get #bundles(): string {
    return path.join(this.#root, 'bundles')
  }

  get #incoming(): string {
    return path.join(this.#root, 'incoming')
  }

  async #writeWhole(target: string, bytes: Uint8Array): Promise<void> {
    const temporary = path.join(this.#incoming, randomUUID())
    await writeFile(temporary, bytes, { flag: 'wx' })
    await rename(temporary, target)
  }
}

async function hasDigest(file: string, described: BundleFile): Promise<boolean> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  return bytes !== undefined && bytes.length === described.sizeBytes && digestOf(bytes) === described.sha512
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Files and folders. */
async function syncAll(paths: readonly string[]): Promise<void> {
  await Promise.all(
    paths.map(async (each) => {
      const handle = await open(each, 'r')
      try {
        await handle.sync()
      } finally {
        await handle.close()
      }
    }),
  )
}

function hexOf(sha512: string): string {
  return Buffer.from(sha512.slice('sha512-'.length), 'base64').toString('hex')
}
