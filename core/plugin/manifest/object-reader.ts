import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import { MAX_PROBLEMS } from '../limits.ts'
import { isJsonObject } from './json.ts'

/** Collects what is wrong with a document, each with the path it stands at. */
export class ProblemList {
  readonly #problems: string[] = []
  #dropped = 0

  add(path: string, problem: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(`${path}: ${problem}`)
    else this.#dropped++
  }

  get isEmpty(): boolean {
    return this.#problems.length === 0
  }

  /** Found so far, those that are not listed included. */
  get count(): number {
    return this.#problems.length + this.#dropped
  }

  list(): readonly string[] {
    return this.#dropped === 0 ? this.#problems : [...this.#problems, `and ${this.#dropped} more`]
  }
}

/**
 * Reads the fields of one untrusted object. Every method answers with a usable value, even after a problem, so that
 * one pass finds all problems; nothing read may be used unless the list stayed empty.
 */
export class ObjectReader {
  readonly #object: JsonObject
  readonly #path: string
  readonly #problems: ProblemList

  constructor(value: unknown, path: string, problems: ProblemList, knownFields: readonly string[]) {
    this.#path = path
    this.#problems = problems
    if (!isJsonObject(value)) problems.add(path, 'must be an object')
    this.#object = isJsonObject(value) ? value : {}
    for (const field of Object.keys(this.#object)) {
      if (!knownFields.includes(field)) problems.add(this.pathOf(field), 'is not a known field')
    }
  }

  pathOf(field: string): string {
    return this.#path === '' ? field : `${this.#path}.${field}`
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#object, field)
  }

  raw(field: string): unknown {
    return this.has(field) ? this.#object[field] : undefined
  }

  /** A text that is not blank. */
  text(
    field: string,
    maxLength: number,
    pattern?: { readonly regExp: RegExp; readonly says: string },
  ): string {
    const value = this.raw(field)
    if (typeof value !== 'string' || value.trim() === '') {
      this.report(field, 'must be a text that is not empty')
      return ''
    }
    if (value.length > maxLength) this.report(field, `is longer than ${maxLength} characters`)
    else if (pattern !== undefined && !pattern.regExp.test(value))
      this.report(field, `must be ${pattern.says}`)
    return value
  }

  optionalText(field: string, maxLength: number): string | undefined {
    return this.has(field) ? this.text(field, maxLength) : undefined
  }

  optionalFlag(field: string): boolean | undefined {
    if (!this.has(field)) return undefined
    const value = this.raw(field)
    if (typeof value !== 'boolean') this.report(field, 'must be true or false')
    return value === true
  }

  choice<T extends string>(field: string, choices: readonly [T, ...T[]]): T {
    const value = this.raw(field)
    const found = choices.find((choice) => choice === value)
    if (found === undefined) this.report(field, `must be one of ${choices.join(', ')}`)
    return found ?? choices[0]
  }

  wholeNumber(field: string, min: number, max: number): number {
    const value = this.raw(field)
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
    this.report(field, `must be a whole number from ${min} to ${max}`)
    return min
  }

  /** An absent list is an empty one. */
  list<T>(field: string, maxLength: number, read: (value: unknown, path: string) => T): readonly T[] {
    if (!this.has(field)) return []
    const value = this.raw(field)
    if (!Array.isArray(value)) {
      this.report(field, 'must be a list')
      return []
    }
    if (value.length > maxLength) this.report(field, `has more than ${maxLength} entries`)
    return value.slice(0, maxLength).map((entry, index) => read(entry, `${this.pathOf(field)}[${index}]`))
  }

  texts(field: string, maxCount: number, maxLength: number): readonly string[] {
    return this.list(field, maxCount, (value, path) => {
      if (typeof value === 'string' && value !== '' && value.length <= maxLength) return value
      this.#problems.add(path, `must be a text of 1 to ${maxLength} characters`)
      return ''
    })
  }

  report(field: string, problem: string): void {
    this.#problems.add(this.pathOf(field), problem)
  }
}
