import type { BuildFault, BuildFaultCode } from '../errors.ts'
import type { SourceDocument, SourcePath, SourcePosition } from './source-document.ts'

interface FaultText {
  readonly code: BuildFaultCode
  readonly message: string
  readonly hint?: string
}

/** Collects the faults of one file, each with its place in it. */
export class FaultList {
  readonly #file: string
  readonly #document: SourceDocument
  readonly faults: BuildFault[] = []

  constructor(file: string, document: SourceDocument) {
    this.#file = file
    this.#document = document
  }

  /** At the value of `path`, or at the nearest value around it. */
  atValue(path: SourcePath, fault: FaultText): void {
    this.at(this.#document.positionOf(path), fault)
  }

  /** At the key that leads to `path`. */
  atKey(path: SourcePath, fault: FaultText): void {
    this.at(this.#document.positionOfKey(path), fault)
  }

  at(position: SourcePosition, fault: FaultText): void {
    this.faults.push({ ...fault, file: this.#file, line: position.line, column: position.column })
  }
}

/** Sorted by file, line and column, as a reader works through them. */
export function inOrder(faults: readonly BuildFault[]): readonly BuildFault[] {
  return faults.toSorted(
    (a, b) =>
      compareText(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compareText(a.message, b.message),
  )
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
