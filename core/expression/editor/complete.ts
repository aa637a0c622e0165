import { FILTERS, FUNCTIONS, TESTS } from '../reference/table.ts'
import { isMap } from '../value/kind.ts'
import { lookup, namesIn } from '../value/lookup.ts'
import { listExpressionReference, type ReferenceKind } from './reference-list.ts'

export interface Completion {
  /** What to put in place of the text from `from` to `to`. */
  readonly insert: string
  readonly from: number
  readonly to: number
  readonly kind: ReferenceKind | 'variable' | 'argument'
  /** A signature, or the type of a variable. */
  readonly detail: string
  readonly summary: string
}

const MAX_COMPLETIONS = 200
const OPENING = /\{\{-?|\{%-?/g
const CLOSING = /-?\}\}|-?%\}/g

/**
 * What can stand at `offset` of a template: variables, functions, filters behind `|`, tests behind `is`, tags behind `{%`,
 * attributes behind `.`, and the names of arguments. Empty outside of an expression.
 *
 * @param names - the variables that will be there, with their values or examples of them; only their names are shown
 */
export function completeExpression(
  text: string,
  offset: number,
  names: Readonly<Record<string, unknown>>,
): readonly Completion[] {
  const before = text.slice(0, offset)
  const code = openCode(before)
  if (code === undefined || isInsideText(code.text)) return []
  const word = /[\p{L}\p{N}_$]*$/u.exec(code.text)?.[0] ?? ''
  const rest = code.text.slice(0, code.text.length - word.length)
  const range = { from: offset - word.length, to: offset }
  return candidates(rest, code.isTag, names)
    .filter(({ insert }) => insert.toLowerCase().startsWith(word.toLowerCase()))
    .slice(0, MAX_COMPLETIONS)
    .map((candidate) => ({ ...candidate, ...range }))
}

type Candidate = Omit<Completion, 'from' | 'to'>

function candidates(
  rest: string,
  isTag: boolean,
  names: Readonly<Record<string, unknown>>,
): readonly Candidate[] {
  if (isTag && rest.trim() === '') return fromReference('tag')
  const owner = /((?:[\p{L}_$][\p{L}\p{N}_$]*|\.|\[(?:'[^']*'|"[^"]*"|\d+)\])+)\.$/u.exec(rest)?.[1]
  if (owner !== undefined) return attributes(valueAt(owner, names))
  if (/\|\s*$/.test(rest)) return fromReference('filter')
  if (/\bis(?:\s+not)?\s+$/.test(rest)) return fromReference('test')
  if (
    /[\w)\]"']\s+$/.test(rest) &&
    !/\b(?:and|or|not|in|is|contains|isIn|isNotIn|if|elseif|equals)\s+$/.test(rest)
  )
    return []
  return [...argumentNames(rest), ...attributes(names), ...fromReference('function')]
}

/** The code of the expression or tag that is open at the end of the text. */
function openCode(before: string): { readonly text: string; readonly isTag: boolean } | undefined {
  const open = [...before.matchAll(OPENING)].at(-1)
  if (open === undefined) return undefined
  const text = before.slice(open.index + open[0].length)
  return new RegExp(CLOSING).test(withoutTexts(text)) ? undefined : { text, isTag: open[0].startsWith('{%') }
}

function withoutTexts(code: string): string {
  return code.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""')
}

function isInsideText(code: string): boolean {
  return /["']/.test(withoutTexts(code).replaceAll('""', ''))
}

function fromReference(kind: ReferenceKind): Candidate[] {
  return listExpressionReference()
    .filter((entry) => entry.kind === kind)
    .map((entry) => ({ insert: entry.name, kind, detail: entry.signature, summary: entry.summary }))
}

function attributes(value: unknown): Candidate[] {
  return namesIn(value)
    .filter((name) => /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name))
    .map((name) => ({ insert: name, kind: 'variable', detail: typeName(lookup(value, name)), summary: '' }))
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  return value === null ? 'null' : isMap(value) ? 'map' : typeof value
}

function valueAt(path: string, names: Readonly<Record<string, unknown>>): unknown {
  let value: unknown = names
  for (const [, name, quoted, index] of path.matchAll(
    /([\p{L}_$][\p{L}\p{N}_$]*)|\[['"]([^'"]*)['"]\]|\[(\d+)\]/gu,
  )) {
    value = lookup(value, name ?? quoted ?? Number(index))
  }
  return value
}

/** Names of the arguments of the call that is open at the end. */
function argumentNames(rest: string): Candidate[] {
  const call = /([\p{L}_$][\p{L}\p{N}_$]*)\s*\((?:[^()]*,)?\s*$/u.exec(rest)
  const name = call?.[1]
  if (name === undefined) return []
  const isFilter = /\|\s*$/.test(rest.slice(0, call?.index))
  const definition = isFilter ? FILTERS.get(name) : (FUNCTIONS.get(name) ?? TESTS.get(name))
  return (definition?.parameters ?? []).map((parameter) => ({
    insert: `${parameter.name}=`,
    kind: 'argument',
    detail: parameter.type,
    summary: parameter.summary,
  }))
}
