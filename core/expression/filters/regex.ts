import { optionalInteger, textArgument } from '../reference/argument.ts'
import type { FilterDefinition } from '../reference/definition.ts'
import { containsMatch, extractMatch, replaceMatches } from '../regex/java-regex.ts'
import { textOf } from '../value/text.ts'

const group = 'Regular expressions'

const regex = {
  name: 'regex',
  type: 'text',
  summary: "A regular expression in Java's syntax; time is linear.",
} as const

export const REGEX_FILTERS: readonly FilterDefinition[] = [
  {
    name: 'regexMatch',
    group,
    summary: 'Whether the text contains a match.',
    parameters: [regex],
    examples: [{ template: '{{ "hello world" | regexMatch("w[a-z]+") }}', output: 'true' }],
    apply: (input, [pattern], call) =>
      containsMatch(textOf(input, call), textArgument(pattern, 'regex', call), call),
  },
  {
    name: 'regexReplace',
    group,
    summary: 'All matches replaced.',
    parameters: [
      regex,
      { name: 'replacement', type: 'text', summary: 'What to put instead; $1 is the first group.' },
    ],
    examples: [
      {
        template: '{{ "2024-01-15" | regexReplace("(\\\\d{4})-(\\\\d{2})-(\\\\d{2})", "$3/$2/$1") }}',
        output: '15/01/2024',
      },
    ],
    apply: (input, [pattern, replacement], call) =>
      replaceMatches(
        textOf(input, call),
        textArgument(pattern, 'regex', call),
        textArgument(replacement, 'replacement', call),
        call,
      ),
  },
  {
    name: 'regexExtract',
    group,
    summary: 'The first match, or one of its groups; null if nothing matches.',
    parameters: [
      regex,
      {
        name: 'group',
        type: 'integer',
        summary: 'Number of the group.',
        isOptional: true,
        default: '0, the whole match',
      },
    ],
    examples: [
      { template: '{{ "order-12345-done" | regexExtract("\\\\d+") }}', output: '12345' },
      { template: '{{ "2024-01-15" | regexExtract("(\\\\d{4})-(\\\\d{2})", 1) }}', output: '2024' },
    ],
    apply: (input, [pattern, number], call) =>
      extractMatch(
        textOf(input, call),
        textArgument(pattern, 'regex', call),
        optionalInteger(number, 'group') ?? 0,
        call,
      ),
  },
]
