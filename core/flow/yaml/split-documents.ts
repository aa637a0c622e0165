import { LineCounter } from 'yaml'
import { MAX_YAML_DOCUMENTS } from '../limits.ts'
import type { FlowProblem } from '../model.ts'
import { placeOf, problemAt } from './compose-documents.ts'
import { readTokens } from './read-tokens.ts'

export interface SourceDocument {
  readonly source: string
  /** 1-based line of the whole text on which this document starts. */
  readonly startLine: number
}

/**
 * Cuts a text at its `---` lines, so that each document can be read, refused and stored on its own. Comments before a
 * document stay with it; empty documents are left out. Says nothing about what is in a document.
 */
export function splitYamlDocuments(text: string): {
  readonly documents: readonly SourceDocument[]
  readonly problems: readonly FlowProblem[]
} {
  const lines = new LineCounter()
  const read = readTokens(text, lines.addNewLine)
  if (!read.ok) {
    return {
      documents: [],
      problems: [problemAt(lines, 'FLOW_YAML_TOO_LARGE', read.offset, read.message, read.hint)],
    }
  }
  const found = read.tokens.filter((token) => token.type === 'document')
  if (found.length > MAX_YAML_DOCUMENTS) {
    const message = `The text has ${found.length} YAML documents; at most ${MAX_YAML_DOCUMENTS} are read at once.`
    const extra = found[MAX_YAML_DOCUMENTS]?.offset ?? 0
    return {
      documents: [],
      problems: [problemAt(lines, 'FLOW_YAML_TOO_LARGE', extra, message, 'Send them in several requests.')],
    }
  }
  const documents = found.flatMap((token, index) => {
    if (token.value === undefined) return []
    const start = index === 0 ? 0 : token.offset
    const end = found[index + 1]?.offset ?? text.length
    return [{ source: text.slice(start, end), startLine: placeOf(lines, start).line }]
  })
  return { documents, problems: [] }
}
