import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SdkError } from '../errors.ts'
import { MAX_FOLDER_DEPTH, MAX_GUIDES } from '../limits.ts'

/**
 * A text file of the project as it was read. The same object comes back as long as the file does not change, so
 * that what is derived from it can be kept by identity.
 */
export interface ProjectFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly sizeBytes: number
}

/** A type's pair of files; one of them may be missing, which is a fault. */
export interface TypeFiles {
  /** Folders below `src`. */
  readonly folders: readonly string[]
  readonly name: string
  readonly schema?: ProjectFile
  readonly code?: ProjectFile
}

/** All that a build reads of a project, except what the bundler follows by imports. */
export interface ProjectFiles {
  readonly directory: string
  readonly packageJson: ProjectFile
  readonly types: readonly TypeFiles[]
  /** By file name without `.svg`. */
  readonly icons: ReadonlyMap<string, ProjectFile>
  readonly docs?: ProjectFile
  readonly guides: readonly ProjectFile[]
}

const SCHEMA_SUFFIX = '.schema.yaml'
const DEFINES_A_TYPE = /\bdefine(Task|Trigger)\s*[<(]/

interface CachedFile {
  readonly stamp: string
  readonly file: ProjectFile
}

/**
 * Reads a project again and again; only what changed is read from the disk. Synchronous on purpose: some dozens
 * of `stat` calls take well under a millisecond this way, several by the thread pool.
 */
export class ProjectReader {
  readonly #directory: string
  readonly #cache = new Map<string, CachedFile>()

  /** @param directory - absolute path of the project */
  constructor(directory: string) {
    this.#directory = directory
  }

  /** @throws SdkError `PLUGIN_PROJECT_NOT_FOUND` if there is no package.json */
  read(): ProjectFiles {
    const packageJson = this.#file('package.json')
    if (packageJson === undefined) {
      throw new SdkError('PLUGIN_PROJECT_NOT_FOUND', `There is no package.json in ${this.#directory}.`, {
        hint: 'Run this in the folder of a plugin, or create one: pinion plugin create.',
      })
    }
    const docs = this.#file('docs/index.md')
    return {
      directory: this.#directory,
      packageJson,
      types: this.#types(),
      icons: new Map(
        this.#filesIn('icons', '.svg').map((file) => [
          file.path.slice('icons/'.length, -'.svg'.length),
          file,
        ]),
      ),
      ...(docs === undefined ? {} : { docs }),
      guides: this.#filesIn('docs/guides', '.md').slice(0, MAX_GUIDES),
    }
  }

  #types(): readonly TypeFiles[] {
    const found = new Map<
      string,
      { folders: readonly string[]; name: string; schema?: ProjectFile; code?: ProjectFile }
    >()
    const entryOf = (folders: readonly string[], name: string) => {
      const key = [...folders, name].join('/')
      const entry = found.get(key) ?? { folders, name }
      found.set(key, entry)
      return entry
    }
    for (const { folders, file } of this.#sources('src', [])) {
      const path = ['src', ...folders, file].join('/')
      if (file.endsWith(SCHEMA_SUFFIX)) {
        const schema = this.#file(path)
        if (schema) entryOf(folders, file.slice(0, -SCHEMA_SUFFIX.length)).schema = schema
      } else if (isCode(file)) {
        const code = this.#file(path)
        if (
          code &&
          (DEFINES_A_TYPE.test(code.text) || found.has([...folders, file.slice(0, -3)].join('/')))
        ) {
          entryOf(folders, file.slice(0, -3)).code = code
        }
      }
    }
    return [...found.values()]
  }

  /** Schema files come before code in each folder: a code file beside a schema is a type, whatever it holds. */
  *#sources(
    folder: string,
    folders: readonly string[],
  ): Generator<{ folders: readonly string[]; file: string }> {
    const entries = this.#entries(folder)
    const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
    for (const file of files.filter((name) => name.endsWith(SCHEMA_SUFFIX)).sort()) yield { folders, file }
    for (const file of files.filter(isCode).sort()) yield { folders, file }
    if (folders.length === MAX_FOLDER_DEPTH) return
    for (const entry of entries
      .filter((item) => item.isDirectory())
      .sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name !== 'node_modules')
        yield* this.#sources(`${folder}/${entry.name}`, [...folders, entry.name])
    }
  }

  #filesIn(folder: string, suffix: string): readonly ProjectFile[] {
    return this.#entries(folder)
      .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
      .map((entry) => this.#file(`${folder}/${entry.name}`))
      .filter((file) => file !== undefined)
      .sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  #entries(folder: string) {
    try {
      return readdirSync(join(this.#directory, folder), { withFileTypes: true })
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  #file(path: string): ProjectFile | undefined {
    const fullPath = join(this.#directory, path)
    const stats = statSync(fullPath, { bigint: true, throwIfNoEntry: false })
    if (stats === undefined || !stats.isFile()) {
      this.#cache.delete(path)
      return undefined
    }
    const stamp = `${stats.mtimeNs}:${stats.ctimeNs}:${stats.size}:${stats.ino}`
    const cached = this.#cache.get(path)
    if (cached?.stamp === stamp) return cached.file
    const text = readFileSync(fullPath, 'utf8')
    const file = cached?.file.text === text ? cached.file : { path, text, sizeBytes: Number(stats.size) }
    this.#cache.set(path, { stamp, file })
    return file
  }
}

function isCode(name: string): boolean {
  return name.endsWith('.ts') && !/\.(gen|test|d)\.ts$/.test(name)
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
