import type { ExpressionErrorCode } from '../errors.ts'

/** What a template must fail with; `says` is a piece of the message or hint. */
export interface Failure {
  readonly code: ExpressionErrorCode
  readonly says?: string
}

/** A template and what it renders to with the variables in `scope.ts`. */
export type Case = readonly [template: string, expected: string | Failure]

export function undefinedName(says: string): Failure {
  return { code: 'EXPRESSION_UNDEFINED', says }
}

export function badValue(says?: string): Failure {
  return { code: 'EXPRESSION_VALUE', ...(says === undefined ? {} : { says }) }
}

export function badSyntax(says?: string): Failure {
  return { code: 'EXPRESSION_SYNTAX', ...(says === undefined ? {} : { says }) }
}

export function badArguments(says?: string): Failure {
  return { code: 'EXPRESSION_ARGUMENTS', ...(says === undefined ? {} : { says }) }
}

export function unknownName(says?: string): Failure {
  return { code: 'EXPRESSION_UNKNOWN_NAME', ...(says === undefined ? {} : { says }) }
}

export function beyondLimit(says?: string): Failure {
  return { code: 'EXPRESSION_LIMIT', ...(says === undefined ? {} : { says }) }
}
