import { MAX_COLLECTED_PROBLEMS, MAX_PROBLEMS } from '../limits.ts'
import type { FlowProblem } from '../model.ts'
import { formatPath, type PropertyPath } from '../path/property-path.ts'
import type { StructureFault } from '../schema/structure-fault.ts'
import type { ParsedYaml, SourcePlace } from '../yaml/parse-yaml.ts'

/** `code`: of this room, or of the room that found it. `at`: the value unless said otherwise. */
export interface ProblemText {
  readonly severity?: FlowProblem['severity']
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly at?: 'key' | 'value'
  /** Where else than at its path the fault is shown, such as at a default in the same file. */
  readonly place?: SourcePlace
}

/** Collects all that is wrong with one source, each with its place. */
export class ProblemList {
  readonly #yaml: ParsedYaml
  readonly #problems: FlowProblem[] = []
  readonly #seen = new Set<string>()
  #errorCount = 0
  #uncollected = 0

  constructor(yaml: ParsedYaml) {
    this.#yaml = yaml
  }

  get hasErrors(): boolean {
    return this.#errorCount > 0
  }

  add(path: PropertyPath, text: ProblemText): void {
    const { severity = 'error', code, message, hint, at = 'value' } = text
    const formatted = formatPath(path)
    // Two rooms may find the same fault of the same value, each in its own words: one is enough.
    const key = `${code} ${formatted}${code === 'FLOW_REFERENCE_UNKNOWN' ? message : ''}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    if (severity === 'error') this.#errorCount += 1
    if (this.#problems.length >= MAX_COLLECTED_PROBLEMS) {
      this.#uncollected += 1
      return
    }
    const place = text.place ?? this.#yaml.locate(path, at)
    this.#problems.push({
      severity,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...place,
      path: formatted,
    })
  }

  addFault(path: PropertyPath, fault: StructureFault): void {
    this.add([...path, ...fault.path], fault)
  }

  /** In the order of the file; what is beyond {@link MAX_PROBLEMS} is counted in the last one. */
  inOrder(): readonly FlowProblem[] {
    const sorted = this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
    if (sorted.length <= MAX_PROBLEMS) return sorted
    // Errors first: a flood of warnings must not hide what keeps the flow from being saved.
    const errors = sorted.filter(({ severity }) => severity === 'error')
    const listed = (errors.length > 0 ? errors : sorted).slice(0, MAX_PROBLEMS)
    const last = listed.at(-1)
    if (last === undefined) return listed
    return [
      ...listed,
      {
        severity: last.severity,
        code: 'FLOW_TOO_MANY_PROBLEMS',
        message: `There are ${sorted.length + this.#uncollected - listed.length} more problems.`,
        hint: 'Correct those above first.',
        line: last.line,
        column: last.column,
        path: '',
      },
    ]
  }
}
