import { RE2JS } from 're2js'

/** A compiled pattern. Runs in time linear in the text, whatever the pattern. */
export interface Pattern {
  /** Whether any part of the text matches. */
  test(text: string): boolean
  /** Whether the whole text matches. */
  testWhole(text: string): boolean
  /** The pattern as written. Ajv tells patterns apart by it. */
  toString(): string
}

/**
 * Compiles a JavaScript pattern for RE2. Patterns come from plugins and configuration, texts from anybody: a
 * backtracking engine would let one of them stop the process.
 *
 * @throws RE2JSException if it does not compile; look-around and back-references never do
 */
export function compilePattern(pattern: string): Pattern {
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern))
  return {
    test: (text) => compiled.test(text),
    testWhole: (text) => compiled.testExact(text),
    toString: () => pattern,
  }
}
