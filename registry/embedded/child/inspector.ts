import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { JsonObject } from '../../json-value.ts'
import { INSPECT_TIMEOUT_MS, MAX_REPORTED_PROBLEMS } from '../../limits.ts'
import { Refusal } from './refusal.ts'

/** A tarball that is about to be published. It passed the registry's own checks. */
export interface TarballToInspect {
  /** A temporary file, gone after the inspection. */
  readonly path: string
  readonly name: string
  readonly version: string
  /** What the publisher sent, the tarball itself taken out. */
  readonly packument: JsonObject
}

export type InspectionResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly problems: readonly string[] }

/** What an inspector module exports as `inspect`. */
export type Inspect = (tarball: TarballToInspect) => Promise<InspectionResult>

export class Inspector {
  readonly #inspect: Inspect

  private constructor(inspect: Inspect) {
    this.#inspect = inspect
  }

  /** @param module - a path or URL of a module that exports `inspect` */
  static async load(module: string): Promise<Inspector> {
    const loaded: unknown = await import(isAbsolute(module) ? pathToFileURL(module).href : module)
    if (!isInspectorModule(loaded)) {
      throw new TypeError(`The inspector module ${module} exports no function "inspect".`)
    }
    return new Inspector(loaded.inspect)
  }

  /** @returns the problems; none if the tarball may be published */
  async problemsOf(tarball: TarballToInspect): Promise<readonly string[]> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => reject(new Refusal(503, 'INSPECTION_TOO_SLOW', 'Inspecting the tarball took too long.', 5)),
      INSPECT_TIMEOUT_MS,
    )
    try {
      const result = await Promise.race([this.#inspect(tarball), tooLate])
      return result.ok ? [] : result.problems.slice(0, MAX_REPORTED_PROBLEMS)
    } finally {
      clearTimeout(timer)
    }
  }
}

function isInspectorModule(value: unknown): value is { inspect: Inspect } {
  return (
    typeof value === 'object' && value !== null && 'inspect' in value && typeof value.inspect === 'function'
  )
}
