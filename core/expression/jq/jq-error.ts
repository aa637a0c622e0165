import { ExpressionError } from '../errors.ts'

/** An error inside a program, which `try` catches. `value` is what `catch` sees; usually a text. */
export class JqError extends Error {
  readonly value: unknown

  constructor(value: unknown) {
    super(typeof value === 'string' ? value : 'A value was raised as an error')
    this.value = value
  }
}

/** Leaves the `label` of that identity. */
export class JqBreak extends Error {
  readonly label: object

  constructor(label: object) {
    super('break')
    this.label = label
  }
}

export function jqSyntaxError(reason: string, program: string, at: number): ExpressionError {
  const around = program.slice(Math.max(0, at - 10), at + 20).trim()
  return new ExpressionError(
    'EXPRESSION_VALUE',
    `The jq program is not valid: ${reason} at character ${at + 1}${around === '' ? '' : `, near ${JSON.stringify(around)}`}.`,
  )
}

export function jqLimit(what: string): ExpressionError {
  return new ExpressionError('EXPRESSION_LIMIT', `The jq program ${what}.`, {
    hint: 'Look for a recursion or range without an end.',
  })
}
