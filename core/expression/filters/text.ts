import { chargeSearch } from '../compile/operation.ts'
import { ExpressionError } from '../errors.ts'
import { MAX_TEXT_LENGTH } from '../limits.ts'
import { booleanArgument, integerArgument, mapArgument, textArgument, wrong } from '../reference/argument.ts'
import type { Call, FilterDefinition } from '../reference/definition.ts'
import { replaceMatches } from '../regex/java-regex.ts'
import { entriesOf } from '../value/map.ts'
import { textOf } from '../value/text.ts'
import { isEmpty } from '../value/truth.ts'
import { slug } from './slug.ts'

const group = 'Text'

const separator = { name: 'separator', type: 'text', summary: 'What to look for.' } as const

export const TEXT_FILTERS: readonly FilterDefinition[] = [
  {
    name: 'lower',
    group,
    summary: 'Lower case.',
    parameters: [],
    examples: [{ template: '{{ "LOUD TEXT" | lower }}', output: 'loud text' }],
    apply: (input, _args, call) => textOf(input, call).toLowerCase(),
  },
  {
    name: 'upper',
    group,
    summary: 'Upper case.',
    parameters: [],
    examples: [{ template: '{{ "quiet text" | upper }}', output: 'QUIET TEXT' }],
    apply: (input, _args, call) => textOf(input, call).toUpperCase(),
  },
  {
    name: 'title',
    group,
    summary: 'The first letter of each word in upper case.',
    parameters: [],
    examples: [{ template: '{{ "article title" | title }}', output: 'Article Title' }],
    apply: (input, _args, call) => titled(charged(textOf(input, call), 4, call)),
  },
  {
    name: 'capitalize',
    group,
    summary: 'The first letter in upper case.',
    parameters: [],
    examples: [{ template: '{{ "hello world" | capitalize }}', output: 'Hello world' }],
    apply: (input, _args, call) => capitalized(textOf(input, call)),
  },
  {
    name: 'trim',
    group,
    summary: 'Without white space at both ends.',
    parameters: [],
    examples: [{ template: '[{{ "  padded " | trim }}]', output: '[padded]' }],
    apply: (input, _args, call) => textOf(input, call).trim(),
  },
  {
    name: 'abbreviate',
    group,
    summary: 'Cuts a text that is longer than `length` characters, the "..." at its end included.',
    parameters: [
      { name: 'length', type: 'integer', summary: 'Greatest length of the result; at least 4 to cut.' },
    ],
    examples: [
      { template: '{{ "this is a long sentence." | abbreviate(7) }}', output: 'this...' },
      { template: '{{ "short" | abbreviate(7) }}', output: 'short' },
    ],
    apply: abbreviate,
  },
  {
    name: 'replace',
    group,
    summary: "Replaces every occurrence of the map's keys by their values, one key after the other.",
    parameters: [
      { name: 'replace_pairs', type: 'map', summary: 'What to replace, and by what.' },
      {
        name: 'regexp',
        type: 'boolean',
        summary: 'Whether the keys are regular expressions, $1 in a value being the first group.',
        isOptional: true,
        default: 'false',
      },
    ],
    examples: [
      { template: '{{ "I like %this%." | replace({"%this%": "tea"}) }}', output: 'I like tea.' },
      { template: '{{ "a1b22" | replace({"[0-9]+": "#"}, regexp=true) }}', output: 'a#b#' },
    ],
    apply: replace,
  },
  {
    name: 'substringBefore',
    group,
    summary: 'What stands before the first separator; the whole text if there is none.',
    parameters: [separator],
    examples: [{ template: '{{ "a.b.c" | substringBefore(".") }}', output: 'a' }],
    apply: (input, [wanted], call) =>
      cut(input, wanted, call, 'first', (text, at) => text.slice(0, at), 'whole'),
  },
  {
    name: 'substringAfter',
    group,
    summary: 'What stands after the first separator; nothing if there is none.',
    parameters: [separator],
    examples: [{ template: '{{ "a.b.c" | substringAfter(".") }}', output: 'b.c' }],
    apply: (input, [wanted], call) => cut(input, wanted, call, 'first', behind, 'nothing'),
  },
  {
    name: 'substringBeforeLast',
    group,
    summary: 'What stands before the last separator; the whole text if there is none.',
    parameters: [separator],
    examples: [{ template: '{{ "a.b.c" | substringBeforeLast(".") }}', output: 'a.b' }],
    apply: (input, [wanted], call) =>
      cut(input, wanted, call, 'last', (text, at) => text.slice(0, at), 'whole'),
  },
  {
    name: 'substringAfterLast',
    group,
    summary: 'What stands after the last separator; nothing if there is none.',
    parameters: [separator],
    examples: [{ template: '{{ "a.b.c" | substringAfterLast(".") }}', output: 'c' }],
    apply: (input, [wanted], call) => cut(input, wanted, call, 'last', behind, 'nothing'),
  },
  {
    name: 'slugify',
    group,
    summary:
      'A text for URLs and file names: lower case, words joined by "-", accents and punctuation dropped.',
    parameters: [],
    examples: [{ template: '{{ "Hello World!" | slugify }}', output: 'hello-world' }],
    apply: (input, _args, call) => slug(charged(textOf(input, call), 0, call)),
  },
  {
    name: 'default',
    group,
    summary: 'The fallback if the input is missing, null or empty.',
    parameters: [{ name: 'default', type: 'any', summary: 'The fallback.' }],
    acceptsMissing: true,
    examples: [
      { template: '{{ user.phone | default("none") }}', output: 'none' },
      { template: '{{ "" | default("none") }}', output: 'none' },
    ],
    apply: (input, [fallback]) => (isEmpty(input) ? fallback : input),
  },
  {
    name: 'startsWith',
    group,
    summary: 'Whether the text begins with the prefix.',
    parameters: [{ name: 'prefix', type: 'text', summary: 'The beginning to look for.' }],
    examples: [{ template: '{{ "kestra://file.csv" | startsWith("kestra://") }}', output: 'true' }],
    apply: (input, [prefix], call) => textOf(input, call).startsWith(textArgument(prefix, 'prefix', call)),
  },
  {
    name: 'endsWith',
    group,
    summary: 'Whether the text ends with the suffix.',
    parameters: [{ name: 'suffix', type: 'text', summary: 'The end to look for.' }],
    examples: [{ template: '{{ "report.csv" | endsWith(".csv") }}', output: 'true' }],
    apply: (input, [suffix], call) => textOf(input, call).endsWith(textArgument(suffix, 'suffix', call)),
  },
  {
    name: 'string',
    group,
    summary: 'The value as text, for filters that need one.',
    parameters: [],
    examples: [{ template: '{{ 42 | string | length }}', output: '2' }],
    apply: (input, _args, call) => textOf(input, call),
  },
  {
    name: 'nl2br',
    group,
    summary: 'Line breaks as <br />.',
    parameters: [],
    examples: [{ template: '{{ "a" | nl2br }}', output: 'a' }],
    apply: (input, _args, call) => textOf(input, call).replace(/\r?\n/g, '<br />'),
  },
  {
    name: 'escapeChar',
    group,
    summary: 'Escapes what would end a quoted text.',
    parameters: [
      {
        name: 'type',
        type: 'text',
        summary: "`single` or `double` quotes, or `shell` for a shell's single quotes.",
      },
    ],
    examples: [{ template: '{{ "Can\'t be here" | escapeChar("single") }}', output: "Can\\'t be here" }],
    apply: escapeChar,
  },
  {
    name: 'indent',
    aliases: [],
    group,
    summary: 'Indents every line but the first.',
    parameters: [
      { name: 'amount', type: 'integer', summary: 'How many times to repeat the prefix.' },
      { name: 'prefix', type: 'text', summary: 'What to indent with.', isOptional: true, default: 'a space' },
    ],
    examples: [{ template: '{{ {"a": 1, "b": 2} | yaml | trim | indent(2) }}', output: 'a: 1\n  b: 2' }],
    apply: (input, args, call) => indent(input, args, call),
  },
  {
    name: 'nindent',
    group,
    summary: 'A line break, then every line indented.',
    parameters: [
      { name: 'amount', type: 'integer', summary: 'How many times to repeat the prefix.' },
      { name: 'prefix', type: 'text', summary: 'What to indent with.', isOptional: true, default: 'a space' },
    ],
    examples: [{ template: '{{ "a: 1" | nindent(2) }}', output: '\n  a: 1' }],
    apply: (input, args, call) => `\n${indentation(args, call)}${indent(input, args, call)}`,
  },
]

/** Accounts for work on each character: one unit for two to the power of `shift` of them. */
function charged(text: string, shift: number, call: Call): string {
  call.charge(text.length >> shift)
  return text
}

// Letter by letter, by character codes where they are ASCII: a replacement with a callback takes five times as long.

const ASCII_LETTERS = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index))

function titled(text: string): string {
  let result = ''
  let from = 0
  let isStart = true
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isStart && (code >= 0x80 || (code >= 97 && code <= 122))) {
      const length = code >= 0x80 ? letterAt(text, at).length : 1
      result += text.slice(from, at) + upperAt(text, at)
      from = at + length
    }
    isStart = code === 32 || isSpace(code)
  }
  return result + text.slice(from)
}

function capitalized(text: string): string {
  const first = text.charCodeAt(0)
  if (first >= 97 && first <= 122) return upperAt(text, 0) + text.slice(1)
  const start = text.length - text.trimStart().length
  return start === text.length
    ? text
    : text.slice(0, start) + upperAt(text, start) + text.slice(start + letterAt(text, start).length)
}

function upperAt(text: string, at: number): string {
  return ASCII_LETTERS[text.charCodeAt(at) - 97] ?? letterAt(text, at).toUpperCase()
}

function letterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0)
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || (code >= 0x80 && String.fromCharCode(code).trim() === '')
}

function abbreviate(input: unknown, [length]: readonly unknown[], call: Call): string {
  const text = textOf(input, call)
  const most = integerArgument(length, 'length')
  if (text.length <= most) return text
  if (most < 4) throw wrong('length', 'at least 4', length, 'Three characters are the "..." itself.')
  return `${text.slice(0, most - 3)}...`
}

function replace(input: unknown, [pairs, regexp]: readonly unknown[], call: Call): string {
  let text = textOf(input, call)
  const isRegex = booleanArgument(regexp, false)
  for (const [key, value] of entriesOf(mapArgument(pairs, 'replace_pairs'))) {
    const wanted = String(key)
    const replacement = textOf(value, call)
    if (isRegex) text = replaceMatches(text, wanted, replacement, call)
    else if (wanted !== '') text = replaceAll(text, wanted, replacement, call)
  }
  return text
}

function replaceAll(text: string, wanted: string, replacement: string, call: Call): string {
  chargeSearch(text, wanted, call)
  const pieces = text.split(wanted)
  const length = text.length + (pieces.length - 1) * (replacement.length - wanted.length)
  if (length > MAX_TEXT_LENGTH) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A text may have ${MAX_TEXT_LENGTH} characters.`)
  }
  return pieces.join(replacement)
}

function cut(
  input: unknown,
  separatorArgument: unknown,
  call: Call,
  which: 'first' | 'last',
  take: (text: string, at: number, length: number) => string,
  otherwise: 'whole' | 'nothing',
): string {
  const text = textOf(input, call)
  const wanted = textArgument(separatorArgument, 'separator', call)
  chargeSearch(text, wanted, call)
  const at = which === 'first' ? text.indexOf(wanted) : text.lastIndexOf(wanted)
  if (at === -1) return otherwise === 'whole' ? text : ''
  return take(text, at, wanted.length)
}

function behind(text: string, at: number, length: number): string {
  return text.slice(at + length)
}

function escapeChar(input: unknown, [type]: readonly unknown[], call: Call): string {
  const text = textOf(input, call)
  const style = textArgument(type, 'type', call)
  switch (style) {
    case 'single':
      return text.replaceAll("'", "\\'")
    case 'double':
      return text.replaceAll('"', '\\"')
    case 'shell':
      return text.replaceAll("'", "'\\''")
    default:
      throw new ExpressionError('EXPRESSION_VALUE', `There is no escaping "${style}".`, {
        hint: 'There are single, double and shell.',
      })
  }
}

function indent(input: unknown, args: readonly unknown[], call: Call): string {
  const text = textOf(input, call)
  const prefix = indentation(args, call)
  const lines = text.split('\n')
  if (text.length + lines.length * prefix.length > MAX_TEXT_LENGTH) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A text may have ${MAX_TEXT_LENGTH} characters.`)
  }
  return lines.join(`\n${prefix}`)
}

function indentation([amount, prefix]: readonly unknown[], call: Call): string {
  const count = integerArgument(amount, 'amount')
  const piece = prefix === undefined || prefix === null ? ' ' : textArgument(prefix, 'prefix', call)
  if (count < 0) throw wrong('amount', '0 or more', amount)
  if (count * piece.length > MAX_INDENTATION) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A line may be indented by ${MAX_INDENTATION} characters.`)
  }
  return piece.repeat(count)
}

const MAX_INDENTATION = 1_000
