import { ExpressionError } from '../errors.ts'
import { MAX_TEXT_LENGTH } from '../limits.ts'
import {
  integerArgument,
  listArgument,
  mapArgument,
  optionalInteger,
  optionalText,
  textArgument,
  wrong,
} from '../reference/argument.ts'
import type { Call, FilterDefinition } from '../reference/definition.ts'
import { splitAtMatches } from '../regex/java-regex.ts'
import { compareValues, isEqual } from '../value/comparison.ts'
import { describeKind, isMap } from '../value/kind.ts'
import { entriesOf, keysOf, setOwn, sizeOf, valuesOf } from '../value/map.ts'
import { textOf } from '../value/text.ts'

const group = 'Lists and maps'

export const COLLECTION_FILTERS: readonly FilterDefinition[] = [
  {
    name: 'first',
    group,
    summary: 'The first item of a list, value of a map or character of a text; null if it is empty.',
    parameters: [],
    examples: [
      { template: '{{ ["apple", "banana"] | first }}', output: 'apple' },
      { template: '{{ "Kestra" | first }}', output: 'K' },
    ],
    apply: (input) => itemsOf(input, 'first')[0] ?? null,
  },
  {
    name: 'last',
    group,
    summary: 'The last item of a list, value of a map or character of a text; null if it is empty.',
    parameters: [],
    examples: [
      { template: '{{ ["apple", "banana"] | last }}', output: 'banana' },
      { template: '{{ "Kestra" | last }}', output: 'a' },
    ],
    apply: (input) => itemsOf(input, 'last').at(-1) ?? null,
  },
  {
    name: 'length',
    group,
    summary: 'The number of items, entries or characters.',
    parameters: [],
    acceptsNull: true,
    examples: [
      { template: '{{ ["apple", "banana"] | length }}', output: '2' },
      { template: '{{ {"a": 1} | length }}', output: '1' },
      { template: '{{ "Kestra" | length }}', output: '6' },
    ],
    apply: (input, _args, call) => {
      if (input === null) return 0
      if (Array.isArray(input) || typeof input === 'string') return input.length
      return isMap(input) ? sizeOf(input) : textOf(input, call).length
    },
  },
  {
    name: 'join',
    group,
    summary: 'The items as one text.',
    parameters: [
      {
        name: 'separator',
        type: 'text',
        summary: 'What to put between.',
        isOptional: true,
        default: 'nothing',
      },
    ],
    examples: [{ template: '{{ ["apple", "banana"] | join(", ") }}', output: 'apple, banana' }],
    apply: join,
  },
  {
    name: 'split',
    group,
    summary: 'The pieces of a text.',
    parameters: [
      {
        name: 'delimiter',
        type: 'text',
        summary: 'A regular expression: escape special characters, as in "\\\\.".',
      },
      {
        name: 'limit',
        type: 'integer',
        summary:
          'Above 0: the greatest number of pieces, the last of which holds the rest. 0: no limit, empty pieces at the end are dropped. Below 0: no limit, they are kept.',
        isOptional: true,
        default: '0',
      },
    ],
    examples: [
      { template: '{{ "apple,banana,cherry" | split(",", 2) | join(" ") }}', output: 'apple banana,cherry' },
      { template: '{{ "a.b.c" | split("\\\\.") | length }}', output: '3' },
    ],
    apply: (input, [delimiter, limit], call) =>
      splitAtMatches(
        textOf(input, call),
        textArgument(delimiter, 'delimiter', call),
        optionalInteger(limit, 'limit') ?? 0,
        call,
      ),
  },
  {
    name: 'sort',
    group,
    summary: 'The items in ascending order. They must all be numbers, texts, booleans or dates.',
    parameters: [],
    examples: [{ template: '{{ [3, 1, 2] | sort | join(",") }}', output: '1,2,3' }],
    apply: (input, _args, call) => sorted(input, 'sort', call),
  },
  {
    name: 'rsort',
    group,
    summary: 'The items in descending order.',
    parameters: [],
    examples: [{ template: '{{ [3, 1, 2] | rsort | join(",") }}', output: '3,2,1' }],
    apply: (input, _args, call) => sorted(input, 'rsort', call).reverse(),
  },
  {
    name: 'reverse',
    group,
    summary: 'The items, or the characters of a text, in opposite order.',
    parameters: [],
    examples: [{ template: '{{ [1, 2, 3] | reverse | join(",") }}', output: '3,2,1' }],
    apply: (input, _args, call) => {
      if (typeof input !== 'string') return [...listArgument(input, 'The input of reverse')].reverse()
      call.charge(input.length >> 1)
      return [...input].reverse().join('')
    },
  },
  {
    name: 'chunk',
    group,
    summary: 'The items in groups; the last may be smaller.',
    parameters: [{ name: 'size', type: 'integer', summary: 'Items of a group, at least 1.' }],
    examples: [{ template: '{{ [1, 2, 3, 4, 5] | chunk(2) }}', output: '[[1,2],[3,4],[5]]' }],
    apply: (input, [size]) => {
      const list = listArgument(input, 'The input of chunk')
      const count = integerArgument(size, 'size')
      if (count < 1) throw wrong('size', '1 or more', size)
      return Array.from({ length: Math.ceil(list.length / count) }, (_, index) =>
        list.slice(index * count, (index + 1) * count),
      )
    },
  },
  {
    name: 'distinct',
    aliases: ['uniq'],
    group,
    summary: 'The items without those that are equal to an earlier one.',
    parameters: [],
    examples: [{ template: '{{ [1, 2, 2, 3, 1] | distinct | join(",") }}', output: '1,2,3' }],
    apply: (input, _args, call) => distinct(listArgument(input, 'The input of distinct'), call),
  },
  {
    name: 'slice',
    group,
    summary: 'A part of a list or text.',
    parameters: [
      {
        name: 'fromIndex',
        type: 'integer',
        summary: 'The first item, counted from 0.',
        isOptional: true,
        default: '0',
      },
      {
        name: 'toIndex',
        type: 'integer',
        summary: 'The item behind the last.',
        isOptional: true,
        default: 'the end',
      },
    ],
    examples: [
      { template: '{{ ["apple", "banana", "cherry"] | slice(1, 2) | join }}', output: 'banana' },
      { template: '{{ "Kestra" | slice(1, 3) }}', output: 'es' },
    ],
    apply: slice,
  },
  {
    name: 'merge',
    group,
    summary: 'Two lists one after the other, or two maps in one, whose entries the second wins.',
    parameters: [{ name: 'items', type: 'list or map', summary: 'What to add.' }],
    examples: [
      { template: '{{ [1, 2] | merge([3, 4]) | join(",") }}', output: '1,2,3,4' },
      { template: '{{ {"a": 1} | merge({"b": 2}) }}', output: '{"a":1,"b":2}' },
    ],
    apply: merge,
  },
  {
    name: 'flatten',
    group,
    summary: 'A list of lists as one list: one level of nesting less.',
    parameters: [],
    examples: [{ template: '{{ [[1, 2], [3, 4], [5]] | flatten }}', output: '[1,2,3,4,5]' }],
    apply: (input, _args, call) => {
      const list = listArgument(input, 'The input of flatten')
      for (const item of list) call.charge(Array.isArray(item) ? item.length : 1)
      return list.flat()
    },
  },
  {
    name: 'keys',
    group,
    summary: 'The keys of a map, or the indexes of a list.',
    parameters: [],
    examples: [{ template: '{{ {"foo": "bar", "baz": "qux"} | keys | join(",") }}', output: 'foo,baz' }],
    apply: (input) =>
      Array.isArray(input) ? [...input.keys()] : keysOf(mapArgument(input, 'The input of keys')),
  },
  {
    name: 'values',
    group,
    summary: 'The values of a map.',
    parameters: [],
    examples: [{ template: '{{ {"foo": "bar", "baz": "qux"} | values | join(",") }}', output: 'bar,qux' }],
    apply: (input) => (Array.isArray(input) ? input : valuesOf(mapArgument(input, 'The input of values'))),
  },
]

function itemsOf(input: unknown, name: string): readonly unknown[] | string[] {
  if (Array.isArray(input)) return input
  if (typeof input === 'string') return input === '' ? [] : [firstCharacter(input), lastCharacter(input)]
  if (isMap(input)) return valuesOf(input)
  throw wrong(`The input of ${name}`, 'a list, a map or a text', input)
}

function firstCharacter(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0)
}

function lastCharacter(text: string): string {
  return /[\uD800-\uDBFF][\uDC00-\uDFFF]$/.exec(text)?.[0] ?? text.slice(-1)
}

function join(input: unknown, [separator]: readonly unknown[], call: Call): string {
  const between = optionalText(separator, 'separator', call) ?? ''
  if (typeof input === 'string') return input
  const list = isMap(input) ? valuesOf(input) : listArgument(input, 'The input of join')
  let text = ''
  for (let index = 0; index < list.length; index++) {
    const piece = textOf(list[index] ?? null, call)
    call.charge(1 + (piece.length >> 6))
    text += index === 0 ? piece : between + piece
    if (text.length > MAX_TEXT_LENGTH) {
      throw new ExpressionError('EXPRESSION_LIMIT', `A text may have ${MAX_TEXT_LENGTH} characters.`)
    }
  }
  return text
}

function sorted(input: unknown, name: string, call: Call): unknown[] {
  const list = listArgument(input, `The input of ${name}`)
  call.charge(list.length)
  return list.toSorted((a, b) => {
    call.charge(typeof a === 'string' ? 1 + (a.length >> 6) : 1)
    return compareValues(a, b)
  })
}

function distinct(list: readonly unknown[], call: Call): unknown[] {
  const seen = new Set<unknown>()
  const others: unknown[] = []
  return list.filter((item) => {
    // Texts, safe integers and booleans are equal only to themselves; the rest is compared one by one.
    if (typeof item === 'string' || typeof item === 'boolean' || Number.isSafeInteger(item)) {
      if (seen.has(item)) return false
      seen.add(item)
      return !others.some((other) => isEqual(item, other, call))
    }
    call.charge(others.length + seen.size)
    if (others.some((other) => isEqual(item, other, call))) return false
    for (const other of seen) if (isEqual(item, other, call)) return false
    others.push(item)
    return true
  })
}

function slice(input: unknown, [from, to]: readonly unknown[]): unknown {
  if (typeof input !== 'string' && !Array.isArray(input))
    throw wrong('The input of slice', 'a list or a text', input)
  const start = optionalInteger(from, 'fromIndex') ?? 0
  const end = optionalInteger(to, 'toIndex') ?? input.length
  if (start < 0 || start > input.length) {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      `fromIndex must be between 0 and ${input.length}, not ${start}.`,
    )
  }
  if (end < start || end > input.length) {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      `toIndex must be between ${start} and ${input.length}, not ${end}.`,
    )
  }
  return input.slice(start, end)
}

function merge(input: unknown, [items]: readonly unknown[], call: Call): unknown {
  if (Array.isArray(input)) {
    if (Array.isArray(items)) return [...input, ...items]
    return [...input, ...(isMap(items) ? valuesOf(items) : [items])]
  }
  if (!isMap(input)) throw wrong('The input of merge', 'a list or a map', input)
  if (!isMap(items)) {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      `A map can be merged with a map, not ${describeKind(items)}.`,
    )
  }
  const merged: Record<string, unknown> = {}
  for (const [key, value] of [...entriesOf(input), ...entriesOf(items)]) setOwn(merged, String(key), value)
  call.charge(sizeOf(merged))
  return merged
}
