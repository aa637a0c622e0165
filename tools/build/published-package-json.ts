import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PackError } from './errors.ts'

type JsonRecord = Record<string, unknown>

export interface PublishedPackageJson {
  readonly content: JsonRecord
  /** The source files that `exports` leads to, relative to the package. */
  readonly doors: readonly string[]
}

/** Fields that mean something in the workspace only. */
const WORKSPACE_ONLY = ['devDependencies', 'private', 'scripts']

/**
 * The package.json of the archive: `exports` and `bin` lead to JavaScript instead of TypeScript.
 *
 * @throws PackError `PACK_PACKAGE_INVALID`
 */
export async function publishedPackageJson(dir: string): Promise<PublishedPackageJson> {
  const path = join(dir, 'package.json')
  const source = await readJson(path)
  const exported = source['exports']
  if (!isRecord(exported)) {
    throw new PackError('PACK_PACKAGE_INVALID', `${path} has no \`exports\`.`, {
      hint: 'List its doors: "exports": { ".": "./index.ts" }.',
      at: { file: path, path: 'exports' },
    })
  }
  const doors: string[] = []
  const exports: JsonRecord = {}
  for (const [name, target] of Object.entries(exported)) {
    if (typeof target !== 'string') {
      throw new PackError('PACK_PACKAGE_INVALID', `The export "${name}" of ${path} is not one file.`, {
        hint: 'Write the TypeScript file as its value.',
        at: { file: path, path: `exports["${name}"]` },
      })
    }
    const isSource = target.endsWith('.ts')
    if (isSource) doors.push(target)
    exports[name] = isSource ? { types: target.replace(/\.ts$/, '.d.ts'), default: compiled(target) } : target
  }
  exports['./package.json'] ??= './package.json'
  const content = Object.fromEntries(
    Object.entries(source).filter(([field]) => !WORKSPACE_ONLY.includes(field)),
  )
  const { bin } = source
  return {
    content: {
      ...content,
      ...(isRecord(bin)
        ? { bin: mapValues(bin, (file) => (typeof file === 'string' ? compiled(file) : file)) }
        : {}),
      exports,
    },
    doors,
  }
}

function compiled(file: string): string {
  return file.replace(/\.ts$/, '.js')
}

async function readJson(path: string): Promise<JsonRecord> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (isRecord(value)) return value
  } catch (error) {
    throw new PackError('PACK_PACKAGE_INVALID', `${path} cannot be read as JSON.`, {
      at: { file: path },
      cause: error,
    })
  }
  throw new PackError('PACK_PACKAGE_INVALID', `${path} is not a JSON object.`, { at: { file: path } })
}

function mapValues(record: JsonRecord, change: (value: unknown) => unknown): JsonRecord {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
