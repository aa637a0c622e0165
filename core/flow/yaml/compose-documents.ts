import { Composer, type Document, LineCounter, type YAMLError } from 'yaml'
import type { FlowProblemCode } from '../errors.ts'
import type { FlowProblem } from '../model.ts'
import { readTokens } from './read-tokens.ts'

export interface ComposedSource {
  readonly documents: readonly Document.Parsed[]
  readonly lines: LineCounter
  readonly problems: readonly FlowProblem[]
}

/**
 * YAML 1.2 with the core schema and nothing else: no timestamps, merge keys, binary or custom tags. Duplicate keys are
 * not looked for here: yaml's own check compares each pair of keys, which is quadratic.
 */
export function composeDocuments(source: string): ComposedSource {
  const lines = new LineCounter()
  const read = readTokens(source, lines.addNewLine)
  if (!read.ok) {
    const problem = problemAt(lines, 'FLOW_YAML_TOO_LARGE', read.offset, read.message, read.hint)
    return { documents: [], lines, problems: [problem] }
  }
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const documents = [...composer.compose(read.tokens, true, source.length)]
  const problems = documents.flatMap((document) => [
    ...document.errors.map((error) => syntaxProblem(lines, error)),
    // A warning is a tag that this schema does not know, or a directive that it ignores: neither may pass unseen.
    ...document.warnings.map((warning) => syntaxProblem(lines, warning)),
  ])
  return { documents, lines, problems }
}

/** `offset`: characters from the start of the source. */
export function problemAt(
  lines: LineCounter,
  code: FlowProblemCode,
  offset: number,
  message: string,
  hint?: string,
  path = '',
): FlowProblem {
  return {
    severity: 'error',
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...placeOf(lines, offset),
    path,
  }
}

/** 1-based. */
export function placeOf(
  lines: LineCounter,
  offset: number,
): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

const HINTS: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Give all properties of one object the same indentation.',
  TAG_RESOLVE_FAILED: 'Leave the tag out: only the tags of YAML 1.2, such as !!str, are known.',
  MISSING_CHAR: 'Close the quote or bracket that is still open.',
  BAD_ALIAS: 'Define the anchor (&name) before it is used.',
  MULTILINE_IMPLICIT_KEY: 'Put the text into quotes, or start it on the next line after ">" or "|".',
}

function syntaxProblem(lines: LineCounter, error: YAMLError): FlowProblem {
  const [first] = error.message.split('\n')
  return problemAt(
    lines,
    'FLOW_YAML_SYNTAX',
    error.pos[0],
    `This is no valid YAML: ${first}.`.replace(/\.\.$/, '.'),
    HINTS[error.code] ?? 'A text with ": ", " #" or a special first character must stand in quotes.',
  )
}
