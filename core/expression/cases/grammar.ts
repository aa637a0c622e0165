import fc from 'fast-check'
import { FILTERS, FUNCTIONS, TESTS } from '../reference/table.ts'
import { OPERATORS } from '../syntax/operators.ts'
import { VARIABLES } from './scope.ts'

// Templates for fuzzing: most follow the grammar and use what there is, with hostile names in between; some are broken.

const HOSTILE_NAMES = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'inheritedCanary',
  'leak',
  'host',
  'hostFunction',
  'globalThis',
  'process',
  'arguments',
  'this',
]

const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...Object.keys(VARIABLES)) },
  { weight: 1, arbitrary: fc.constantFrom('missing', 'x', 'loop', ...HOSTILE_NAMES) },
)
const attribute = fc.constantFrom('foo', 'value', 'name', 'length', 'nested', 'deep', ...HOSTILE_NAMES)
const literal = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.double({ min: -100, max: 100, noNaN: true }).map((value) => value.toFixed(2)),
  fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
  fc.constantFrom(
    'true',
    'false',
    'null',
    '[]',
    '{}',
    '"2024-01-15T10:30:00Z"',
    '"a,b"',
    '".[]"',
    '"yyyy-MM-dd"',
    '"(a+)+"',
  ),
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
)

const filterNames = [...FILTERS.keys()]
const testNames = [...TESTS.keys()]
// Functions of random size are called in the cases; here they would only make the runs slow.
const functionNames = [...FUNCTIONS.keys()].filter((candidate) => candidate !== 'isPublicHoliday')
const binaryOperators = OPERATORS.flatMap((operator) => (operator.kind === 'binary' ? [operator.symbol] : []))

const { expression } = fc.letrec<{ expression: string; args: string }>((tie) => ({
  args: fc.array(tie('expression'), { maxLength: 3 }).map((args) => args.join(', ')),
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    literal,
    name,
    fc.tuple(tie('expression'), attribute).map(([object, key]) => `${object}.${key}`),
    fc.tuple(tie('expression'), tie('expression')).map(([object, key]) => `(${object})[${key}]`),
    fc.tuple(tie('expression'), attribute).map(([object, key]) => `(${object})["${key}"]`),
    fc
      .tuple(tie('expression'), fc.constantFrom(...binaryOperators), tie('expression'))
      .map((parts) => parts.join(' ')),
    fc.tuple(fc.constantFrom('not ', '-', '+'), tie('expression')).map((parts) => parts.join('')),
    fc
      .tuple(tie('expression'), fc.constantFrom(...filterNames), tie('args'))
      .map(([input, filter, args]) => `${input} | ${filter}(${args})`),
    fc.tuple(tie('expression'), fc.constantFrom(...filterNames)).map((parts) => parts.join(' | ')),
    fc.tuple(fc.constantFrom(...functionNames), tie('args')).map(([called, args]) => `${called}(${args})`),
    fc
      .tuple(tie('expression'), fc.constantFrom(...testNames))
      .map(([operand, test]) => `${operand} is ${test}`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.tuple(attribute, tie('expression')).map(([key, value]) => `{"${key}": ${value}}`),
    fc.tuple(tie('expression')).map(([inner]) => `"a#{${inner}}b"`),
  ),
}))

const { body } = fc.letrec<{ body: string }>((tie) => ({
  body: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    expression.map((inner) => `{{ ${inner} }}`),
    fc.constantFrom('text ', '\n', '{# c #}', '{{- name -}}', '{% flush %}'),
    fc
      .tuple(expression, tie('body'), tie('body'))
      .map(([condition, yes, no]) => `{% if ${condition} %}${yes}{% else %}${no}{% endif %}`),
    fc
      .tuple(expression, tie('body'))
      .map(([items, inner]) => `{% for x in ${items} %}${inner}{% else %}-{% endfor %}`),
    fc.tuple(expression, tie('body')).map(([value, rest]) => `{% set x = ${value} %}${rest}`),
    fc
      .tuple(tie('body'), expression)
      .map(([inner, argument]) => `{% macro m(x) %}${inner}{% endmacro %}{{ m(${argument}) }}`),
    fc
      .tuple(fc.constantFrom(...filterNames), tie('body'))
      .map(([filter, inner]) => `{% filter ${filter} %}${inner}{% endfilter %}`),
    fc.tuple(tie('body')).map(([inner]) => `{% block "b" %}${inner}{% endblock %}`),
    fc.tuple(tie('body'), tie('body')).map((parts) => parts.join('')),
    fc.constantFrom(
      '{% extends "base" %}',
      '{% include "greeting" %}',
      '{% import "macros" as m %}{{ m.bold(name) }}',
    ),
  ),
}))

/** A valid text with a piece cut out, doubled, or replaced by something that means something to the lexer. */
const mutated = fc
  .tuple(
    body,
    fc.nat(),
    fc.nat(12),
    fc.constantFrom('', '{{', '}}', '{%', '%}', '"', "'", '(', ')', '#{', '|', '.', '\\', '\u0000', '\ud800'),
  )
  .map(([text, at, length, piece]) => {
    const start = text.length === 0 ? 0 : at % text.length
    return text.slice(0, start) + piece + text.slice(start + length)
  })

const noise = fc
  .array(
    fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      '{#',
      '#}',
      '-',
      ' ',
      'if',
      'endif',
      'for',
      'in',
      'name',
      '"',
      "'",
      '\\',
      '|',
      '(',
      ')',
      '[',
      ']',
      '?',
      ':',
      '.',
      ',',
      '1',
      '~',
      '??',
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))

export const templateArbitrary = fc.oneof(
  { weight: 6, arbitrary: body },
  { weight: 3, arbitrary: mutated },
  { weight: 1, arbitrary: noise },
)
