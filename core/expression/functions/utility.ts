import { integersBetween } from '../compile/operation.ts'
import { formatDate } from '../date/format.ts'
import { DEFAULT_LOCALE } from '../date/locale.ts'
import { currentDate, zoneOf } from '../date/timestamp.ts'
import { ExpressionError } from '../errors.ts'
import { integerArgument, optionalInteger, optionalText, wrong } from '../reference/argument.ts'
import type { Call, FunctionDefinition } from '../reference/definition.ts'
import { compareValues } from '../value/comparison.ts'
import { ksuidText, randomInteger, randomText, uuidText } from './random.ts'
import { callService } from './service.ts'

const group = 'Utilities'

const MAX_ID_LENGTH = 1_000
const NANO_ID_ALPHABET = 'useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict'

export const UTILITY_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'now',
    group,
    summary: 'The current date and time.',
    parameters: [
      {
        name: 'format',
        type: 'text',
        summary: 'A format as the filter date takes it; the result is a text then.',
        isOptional: true,
      },
      {
        name: 'timeZone',
        type: 'text',
        summary: 'A zone such as Europe/Paris.',
        isOptional: true,
        default: "the instance's",
      },
    ],
    examples: [
      { template: '{{ now() | date("yyyy-MM-dd") }}' },
      { template: '{{ now(timeZone="Europe/Paris") }}' },
    ],
    call: ([format, timeZone], call) => {
      call.charge(100)
      const date = currentDate(call.services, zoneOf(optionalText(timeZone, 'timeZone', call), call.services))
      const wanted = optionalText(format, 'format', call)
      return wanted === undefined ? date : formatDate(date, wanted, DEFAULT_LOCALE)
    },
  },
  {
    name: 'max',
    group,
    summary: 'The largest of its arguments, or of one list.',
    parameters: [{ name: 'values', type: 'any', summary: 'Numbers, texts or dates.' }],
    isVariadic: true,
    examples: [{ template: '{{ max(5, 10, 15) }}', output: '15' }],
    call: (args, call) => extreme(args, 1, call),
  },
  {
    name: 'min',
    group,
    summary: 'The smallest of its arguments, or of one list.',
    parameters: [{ name: 'values', type: 'any', summary: 'Numbers, texts or dates.' }],
    isVariadic: true,
    examples: [{ template: '{{ min(5, 10, 15) }}', output: '5' }],
    call: (args, call) => extreme(args, -1, call),
  },
  {
    name: 'range',
    group,
    summary: 'The integers from start up to and with end.',
    parameters: [
      { name: 'start', type: 'integer', summary: 'The first.' },
      { name: 'end', type: 'integer', summary: 'The last, if the step meets it.' },
      { name: 'step', type: 'integer', summary: 'The distance, not 0.', isOptional: true, default: '1' },
    ],
    examples: [
      { template: '{{ range(0, 3) | join(",") }}', output: '0,1,2,3' },
      { template: '{{ range(0, 6, 2) | join(",") }}', output: '0,2,4,6' },
    ],
    call: ([start, end, step], call) => {
      const distance = optionalInteger(step, 'step') ?? 1
      if (distance === 0) throw wrong('step', 'other than 0', step)
      return integersBetween(integerArgument(start, 'start'), integerArgument(end, 'end'), distance, call)
    },
  },
  {
    name: 'uuid',
    group,
    summary: 'A new UUID in URL-safe base 62.',
    parameters: [],
    examples: [{ template: '{{ uuid() }}' }],
    call: (_args, call) => uuidText(call.services),
  },
  {
    name: 'id',
    group,
    summary: 'A new short unique id in the style of execution ids.',
    parameters: [],
    examples: [{ template: '{{ id() }}' }],
    call: (_args, call) => uuidText(call.services),
  },
  {
    name: 'ksuid',
    group,
    summary: 'A new K-sortable id: ids made in a later second sort later.',
    parameters: [],
    examples: [{ template: '{{ ksuid() }}' }],
    call: (_args, call) => ksuidText(currentDate(call.services, 'UTC').epochMilliseconds, call.services),
  },
  {
    name: 'nanoId',
    group,
    summary: 'A new NanoID.',
    parameters: [
      { name: 'length', type: 'integer', summary: 'Its length.', isOptional: true, default: '21' },
      {
        name: 'alphabet',
        type: 'text',
        summary: 'Its characters.',
        isOptional: true,
        default: 'letters, digits, - and _',
      },
    ],
    examples: [{ template: '{{ nanoId(length=10) | length }}', output: '10' }],
    call: nanoId,
  },
  {
    name: 'randomInt',
    group,
    summary: 'A random integer; the upper bound is excluded.',
    parameters: [
      { name: 'lower', type: 'integer', summary: 'The smallest.' },
      { name: 'upper', type: 'integer', summary: 'One more than the largest.' },
    ],
    examples: [{ template: '{{ randomInt(1, 2) }}', output: '1' }],
    call: ([lower, upper], call) => {
      const from = integerArgument(lower, 'lower')
      const to = integerArgument(upper, 'upper')
      if (to <= from) throw wrong('upper', `more than ${from}`, upper)
      return randomInteger(from, to, call.services)
    },
  },
  {
    name: 'randomPort',
    group,
    summary: 'A local TCP port that is free now.',
    parameters: [],
    mayWait: true,
    examples: [{ template: '{{ randomPort() }}' }],
    call: (_args, call) => callService('randomPort', 'freePort', call, (freePort) => freePort()),
  },
]

function extreme(args: readonly unknown[], sign: 1 | -1, call: Call): unknown {
  const [first] = args
  const values: readonly unknown[] = args.length === 1 && Array.isArray(first) ? first : args
  call.charge(values.length)
  let best: unknown = null
  for (const value of values) {
    if (value !== null && (best === null || compareValues(value, best) * sign > 0)) best = value
  }
  return best
}

function nanoId([length, alphabet]: readonly unknown[], call: Call): string {
  const size = optionalInteger(length, 'length') ?? 21
  if (size < 1) throw wrong('length', '1 or more', length)
  if (size > MAX_ID_LENGTH)
    throw new ExpressionError('EXPRESSION_LIMIT', `An id may have ${MAX_ID_LENGTH} characters.`)
  const characters = optionalText(alphabet, 'alphabet', call) ?? NANO_ID_ALPHABET
  const count = [...characters].length
  if (count === 0 || count > 255) throw wrong('alphabet', '1 to 255 characters', alphabet)
  return randomText(size, characters, call.services)
}
