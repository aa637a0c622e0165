import { wrong } from '../reference/argument.ts'
import type { TestDefinition } from '../reference/definition.ts'
import { isJson } from '../value/json-reader.ts'
import { isMap } from '../value/kind.ts'
import { isInteger } from '../value/number.ts'
import { isEmpty } from '../value/truth.ts'

const group = 'Tests'

/** What `is` and `is not` apply. */
export const CONDITIONS: readonly TestDefinition[] = [
  {
    name: 'defined',
    group,
    summary: 'Whether the variable or attribute exists, whatever its value, null included.',
    parameters: [],
    acceptsMissing: true,
    examples: [
      { template: '{{ missing is not defined }}', output: 'true' },
      { template: '{{ null is defined }}', output: 'true' },
    ],
    holds: (value) => value !== undefined,
  },
  {
    name: 'empty',
    group,
    summary: 'Whether the value is null, an empty text, an empty list or an empty map.',
    parameters: [],
    examples: [{ template: '{{ [] is empty }}', output: 'true' }],
    holds: isEmpty,
  },
  {
    name: 'null',
    aliases: ['none'],
    group,
    summary: 'Whether the value is null.',
    parameters: [],
    examples: [{ template: '{{ null is null }}', output: 'true' }],
    holds: (value) => value === null,
  },
  {
    name: 'even',
    group,
    summary: 'Whether an integer is even.',
    parameters: [],
    examples: [{ template: '{{ 2 is even }}', output: 'true' }],
    holds: (value) => !isOdd(value),
  },
  {
    name: 'odd',
    group,
    summary: 'Whether an integer is odd.',
    parameters: [],
    examples: [{ template: '{{ 3 is odd }}', output: 'true' }],
    holds: isOdd,
  },
  {
    name: 'iterable',
    group,
    summary: 'Whether `for` can walk over the items of the value: a list.',
    parameters: [],
    examples: [
      { template: '{{ [1] is iterable }}', output: 'true' },
      { template: '{{ 5 is iterable }}', output: 'false' },
    ],
    holds: (value) => Array.isArray(value),
  },
  {
    name: 'map',
    group,
    summary: 'Whether the value is a map.',
    parameters: [],
    examples: [{ template: '{{ {"apple": "red"} is map }}', output: 'true' }],
    holds: isMap,
  },
  {
    name: 'json',
    group,
    summary: 'Whether the value is a text that holds valid JSON.',
    parameters: [],
    examples: [{ template: '{{ \'{"test": 1}\' is json }}', output: 'true' }],
    holds: (value, _args, call) => typeof value === 'string' && isJson(value, call),
  },
]

function isOdd(value: unknown): boolean {
  if (!isInteger(value)) throw wrong('The tested value', 'an integer', value)
  return BigInt(value) % 2n !== 0n
}
