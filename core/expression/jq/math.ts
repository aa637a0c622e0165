import { isInteger, isNumeric, toNumber } from '../value/number.ts'
import type { Native } from './evaluation.ts'
import { JqError } from './jq-error.ts'
import { number, onValues } from './native-values.ts'

const UNARY: Readonly<Record<string, (value: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  trunc: Math.trunc,
  fabs: Math.abs,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  exp: Math.exp,
  exp2: (value) => 2 ** value,
  exp10: (value) => 10 ** value,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  significand: (value) => (value === 0 ? 0 : value / 2 ** Math.floor(Math.log2(Math.abs(value)))),
  logb: (value) => Math.floor(Math.log2(Math.abs(value))),
}

const BINARY: Readonly<Record<string, (left: number, right: number) => number>> = {
  pow: (left, right) => left ** right,
  atan2: Math.atan2,
  fmin: Math.min,
  fmax: Math.max,
  fmod: (left, right) => left % right,
  ldexp: (left, right) => left * 2 ** right,
}

export const MATH_NATIVES: readonly (readonly [string, Native])[] = [
  ...Object.entries(UNARY).map(([name, compute]): [string, Native] => [
    `${name}/0`,
    onValues((input) => {
      // Integers of any size are whole already.
      if (isInteger(input) && ['floor', 'ceil', 'round', 'trunc'].includes(name)) return input
      return compute(number(input, name))
    }),
  ]),
  ...Object.entries(BINARY).map(([name, compute]): [string, Native] => [
    `${name}/2`,
    onValues((_input, [left, right]) => compute(number(left, name), number(right, name))),
  ]),
  ['infinite/0', onValues(() => Number.MAX_VALUE)],
  ['nan/0', onValues(() => Number.NaN)],
  ['isinfinite/0', onValues((input) => Math.abs(number(input, 'isinfinite')) >= Number.MAX_VALUE)],
  ['isnan/0', onValues((input) => Number.isNaN(number(input, 'isnan')))],
  ['isnormal/0', onValues((input) => Math.abs(number(input, 'isnormal')) >= 2.2250738585072014e-308)],
  [
    'toint/0',
    onValues((input) => {
      if (!isNumeric(input)) throw new JqError('toint requires a number')
      return Math.trunc(toNumber(input))
    }),
  ],
]
