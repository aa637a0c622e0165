import { type BundleFile, MANIFEST_PATH, type PluginManifest } from '@pinion/plugin-sdk/manifest'
import { PluginError } from '../errors.ts'
import { MAX_MANIFEST_BYTES, MAX_PACKAGE_JSON_BYTES } from '../limits.ts'
import { invalidManifest, isJsonObject, matchBundle, parseManifest } from '../manifest/index.ts'

/**
 * Reads chosen files of an npm tarball, safely: no link, no path that leaves the package, bounded counts and sizes,
 * nothing unpacked to disk. `registry` provides it.
 *
 * @param wanted - by a file's path in the package (without the archive's first folder): the most bytes it may have,
 *   or undefined to pass over it
 * @throws with a `code` of its own for an archive that breaks its rules
 */
export type OpenTarball = (
  path: string,
  options: { readonly wanted: (filePath: string) => number | undefined },
) => Promise<{ readonly files: ReadonlyMap<string, Buffer> }>

export interface InspectedPackage {
  readonly manifest: PluginManifest
  readonly bundle: Buffer
  readonly sourceMap?: Buffer
}

/**
 * Reads a plugin package without running any of it: manifest, bundle and source map, each checked against the others.
 *
 * @param expected - what the registry or the request called it; absent for an upload, which names itself
 * @throws PluginError `PLUGIN_MANIFEST_MISSING`, `PLUGIN_MANIFEST_INVALID`, `PLUGIN_API_INCOMPATIBLE`,
 *   `PLUGIN_PACKAGE_INVALID`, `PLUGIN_BUNDLE_MISMATCH`, or what `openTarball` throws
 */
export async function inspectPackage(
  openTarball: OpenTarball,
  path: string,
  expected?: { readonly name: string; readonly version: string },
): Promise<InspectedPackage> {
  const label = expected === undefined ? 'the uploaded package' : `${expected.name}@${expected.version}`
  const { files } = await openTarball(path, {
    wanted: wantOnly({ [MANIFEST_PATH]: MAX_MANIFEST_BYTES, 'package.json': MAX_PACKAGE_JSON_BYTES }),
  })
  const manifestBytes = files.get(MANIFEST_PATH)
  if (manifestBytes === undefined) {
    throw new PluginError('PLUGIN_MANIFEST_MISSING', `${label} is no plugin: it has no ${MANIFEST_PATH}.`, {
      hint: 'Build it with `pinion plugin build` before it is packed, and list dist/ in the "files" of package.json.',
    })
  }
  const manifest = parseManifest(manifestBytes.toString('utf8'), label)
  checkIdentity(manifest, files.get('package.json'), label, expected)
  return { manifest, ...(await readCode(openTarball, path, manifest, label)) }
}

// A second pass, because only the manifest says which files hold the code; everything else is never held in memory.
async function readCode(
  openTarball: OpenTarball,
  path: string,
  manifest: PluginManifest,
  label: string,
): Promise<Omit<InspectedPackage, 'manifest'>> {
  const described = [manifest.bundle, ...(manifest.sourceMap === undefined ? [] : [manifest.sourceMap])]
  const { files } = await openTarball(path, {
    wanted: wantOnly(Object.fromEntries(described.map(({ file, sizeBytes }) => [file, sizeBytes]))),
  })
  const bundle = takeFile(files, manifest.bundle, label)
  if (manifest.sourceMap === undefined) return { bundle }
  return { bundle, sourceMap: takeFile(files, manifest.sourceMap, label) }
}

function takeFile(files: ReadonlyMap<string, Buffer>, described: BundleFile, label: string): Buffer {
  const bytes = files.get(described.file)
  if (bytes === undefined) {
    throw new PluginError(
      'PLUGIN_PACKAGE_INVALID',
      `${label} lacks ${described.file}, which its manifest names.`,
      {
        hint: 'List dist/ in the "files" of package.json and pack it again.',
      },
    )
  }
  matchBundle(bytes, described, label)
  return bytes
}

/** The manifest, package.json and the name it was asked for under must agree, or a package could pose as another. */
function checkIdentity(
  manifest: PluginManifest,
  packageJson: Buffer | undefined,
  label: string,
  expected: { readonly name: string; readonly version: string } | undefined,
): void {
  const declared = readPackageJson(packageJson, label)
  const problems: string[] = []
  for (const field of ['name', 'version'] as const) {
    if (manifest[field] !== declared[field]) {
      problems.push(`${field}: is "${manifest[field]}", package.json says "${declared[field]}"`)
    }
    if (expected !== undefined && manifest[field] !== expected[field]) {
      problems.push(`${field}: is "${manifest[field]}", it was published as "${expected[field]}"`)
    }
  }
  if (problems.length > 0) throw invalidManifest(label, problems)
}

function readPackageJson(bytes: Buffer | undefined, label: string): { name: string; version: string } {
  const value = bytes === undefined ? undefined : parseOrUndefined(bytes.toString('utf8'))
  if (isJsonObject(value) && typeof value['name'] === 'string' && typeof value['version'] === 'string') {
    return { name: value['name'], version: value['version'] }
  }
  throw new PluginError('PLUGIN_PACKAGE_INVALID', `${label} has no package.json with a name and a version.`, {
    hint: 'Pack it with `npm pack` or `pinion plugin publish`.',
  })
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function wantOnly(
  maxBytesByFile: Readonly<Record<string, number>>,
): (filePath: string) => number | undefined {
  const wanted = new Map(Object.entries(maxBytesByFile))
  return (filePath) => wanted.get(filePath)
}
