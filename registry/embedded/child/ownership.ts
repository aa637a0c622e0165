import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { messageOf, RegistryError } from '../../errors.ts'
import { type JsonObject, objectOrEmpty, stringOf } from '../../json-value.ts'
import { scopeOf } from '../../package-name.ts'
import { readFileIfThere, replaceFileDurably } from '../storage/durable-file.ts'
import type { RegistryLayout } from '../storage/layout.ts'

interface Claim {
  readonly owner: string
  /** ISO 8601. */
  readonly since: string
}

/**
 * Who may publish under which name: a scope, or an unscoped package's name, belongs to its first publisher for good,
 * also after everything in it was unpublished. What the operator preset wins over what was claimed.
 */
export class Ownership {
  readonly #layout: RegistryLayout
  readonly #presets: ReadonlyMap<string, string>
  readonly #claims: Map<string, Claim>
  /** Writes follow each other, so that a later one never loses an earlier claim. */
  #writing: Promise<void> = Promise.resolve()

  private constructor(
    layout: RegistryLayout,
    presets: ReadonlyMap<string, string>,
    claims: Map<string, Claim>,
  ) {
    this.#layout = layout
    this.#presets = presets
    this.#claims = claims
  }

  static async open(layout: RegistryLayout, presets: Readonly<Record<string, string>>): Promise<Ownership> {
    const text = await readFileIfThere(layout.ownershipFile)
    const claims = new Map<string, Claim>()
    const stored = text === undefined ? {} : parse(text, layout.ownershipFile)
    for (const [key, value] of Object.entries(objectOrEmpty(stored['owners']))) {
      const { owner, since } = objectOrEmpty(value)
      if (typeof owner === 'string') claims.set(key, { owner, since: stringOf(since) ?? '' })
    }
    return new Ownership(layout, new Map(Object.entries(presets)), claims)
  }

  ownerOf(packageName: string): string | undefined {
    const key = ownedName(packageName)
    return this.#presets.get(key) ?? this.#claims.get(key)?.owner
  }

  /**
   * Gives an unowned name to `username`, durably on return.
   *
   * @returns whether this call made the claim
   */
  async claim(packageName: string, username: string): Promise<boolean> {
    const key = ownedName(packageName)
    if (this.#presets.has(key) || this.#claims.has(key)) return false
    this.#claims.set(key, { owner: username, since: new Date().toISOString() })
    try {
      await this.#save()
    } catch (error) {
      this.#claims.delete(key)
      throw error
    }
    return true
  }

  /** Drops the claims on names that hold nothing and never did: left by a first publish that did not come through. */
  async keepOnly(usedPackageNames: Iterable<string>): Promise<readonly string[]> {
    const used = new Set(Array.from(usedPackageNames, ownedName))
    const unused = [...this.#claims.keys()].filter((key) => !used.has(key))
    for (const key of unused) this.#claims.delete(key)
    if (unused.length > 0) await this.#save()
    return unused
  }

  #save(): Promise<void> {
    const write = async (): Promise<void> => {
      const content = JSON.stringify({ version: 1, owners: Object.fromEntries(this.#claims) }, null, 2)
      const scratchPath = join(this.#layout.incoming, `ownership-${randomUUID()}`)
      await replaceFileDurably(this.#layout.ownershipFile, content, scratchPath)
    }
    const written = this.#writing.then(write)
    this.#writing = written.catch(() => undefined)
    return written
  }
}

/** What is owned: the scope, or the name of an unscoped package. */
export function ownedName(packageName: string): string {
  return scopeOf(packageName) ?? packageName
}

/** Starting without it would give every scope to whoever comes first. */
function parse(text: string, file: string): JsonObject {
  try {
    return objectOrEmpty(JSON.parse(text))
  } catch (error) {
    throw new RegistryError('REGISTRY_START_FAILED', `${file} is damaged: ${messageOf(error)}.`, {
      at: { file },
      hint: 'It says who owns which scope. Restore it from a backup, or repair it by hand.',
    })
  }
}
