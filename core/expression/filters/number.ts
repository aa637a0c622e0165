import { ExpressionError } from '../errors.ts'
import { numberArgument, optionalText, textArgument } from '../reference/argument.ts'
import type { FilterDefinition } from '../reference/definition.ts'
import { compareNumbers, isNumeric, negated } from '../value/number.ts'
import { className } from './class-name.ts'
import { formatNumber } from './decimal-format.ts'
import { parseNumber } from './parse-number.ts'

const group = 'Numbers'

export const NUMBER_FILTERS: readonly FilterDefinition[] = [
  {
    name: 'abs',
    group,
    summary: 'The absolute value.',
    parameters: [],
    examples: [{ template: '{{ -7 | abs }}', output: '7' }],
    apply: (input) => {
      const number = numberArgument(input, 'The input of abs')
      return compareNumbers(number, 0) < 0 ? negated(number) : number
    },
  },
  {
    name: 'number',
    group,
    summary: 'Reads a text as a number. BIGDECIMAL and BIGINTEGER keep every digit.',
    parameters: [
      {
        name: 'type',
        type: 'text',
        summary: 'INT, LONG, FLOAT, DOUBLE, BIGDECIMAL or BIGINTEGER.',
        isOptional: true,
        default: 'taken from the text: INT or LONG without a fraction, FLOAT with one',
      },
    ],
    examples: [
      { template: '{{ "12.3" | number | className }}', output: 'java.lang.Float' },
      { template: '{{ "9223372036854775808" | number("BIGINTEGER") + 1 }}', output: '9223372036854775809' },
    ],
    apply: (input, [type], call) =>
      parseNumber(
        isNumeric(input) ? String(input) : textArgument(input, 'The input of number', call),
        optionalText(type, 'type', call),
      ),
  },
  {
    name: 'className',
    group,
    summary: 'The name of the Java class that the value would have in the reference platform.',
    parameters: [],
    examples: [{ template: '{{ "9" | number("BIGDECIMAL") | className }}', output: 'java.math.BigDecimal' }],
    apply: (input) => className(input),
  },
  {
    name: 'numberFormat',
    aliases: ['numberformat'],
    group,
    summary: "The number in a format of Java's DecimalFormat, rounded half to even.",
    parameters: [
      {
        name: 'format',
        type: 'text',
        summary: 'Such as "#.##", "000", "#,##0.00", "0%".',
        isOptional: true,
        default: '#,##0.###',
      },
    ],
    examples: [
      { template: '{{ 3.141592653 | numberFormat("#.##") }}', output: '3.14' },
      { template: '{{ 5 | numberFormat("000") }}', output: '005' },
    ],
    apply: (input, [format], call) => {
      const number = isNumeric(input)
        ? input
        : parseNumber(textArgument(input, 'The input of numberFormat', call), undefined)
      if (!isNumeric(number)) throw new ExpressionError('EXPRESSION_VALUE', 'numberFormat needs a number.')
      return formatNumber(number, optionalText(format, 'format', call) ?? '#,##0.###')
    },
  },
]
