import { DATE_NATIVES } from './date.ts'
import type { Native } from './evaluation.ts'
import { JqError } from './jq-error.ts'
import { MATH_NATIVES } from './math.ts'
import { COLLECTION_NATIVES } from './native-collections.ts'
import { STREAM_NATIVES } from './native-streams.ts'
import { TEXT_NATIVES } from './native-texts.ts'
import { onValues } from './native-values.ts'
import { REGEX_NATIVES } from './regex.ts'
import { isTruthy, typeOf } from './value.ts'

/** Functions that jq's manual lists and that need the host: by name and number of arguments. */
export const NATIVES: ReadonlyMap<string, Native> = new Map<string, Native>([
  ['empty/0', function* () {}],
  ['error/0', onValues((input) => raise(input))],
  ['error/1', onValues((_input, [value]) => raise(value))],
  ['not/0', onValues((input) => !isTruthy(input))],
  ['type/0', onValues((input) => typeOf(input))],
  ...STREAM_NATIVES,
  ...COLLECTION_NATIVES,
  ...TEXT_NATIVES,
  ...MATH_NATIVES,
  ...REGEX_NATIVES,
  ...DATE_NATIVES,
])

function raise(value: unknown): never {
  throw new JqError(value)
}
