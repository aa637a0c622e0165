import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { Static, TSchema } from 'typebox'
import { type Problem, ServerError } from '../errors.ts'

/** Texts from a query become what the schema asks for; a body already has its types. */
const queries = new Ajv({ allErrors: true, coerceTypes: true, useDefaults: true }).addKeyword('x-repeated')
const bodies = new Ajv({ allErrors: true, useDefaults: true })

/** Gives the value back with its type, or throws all faults. */
export type Check<T> = (value: unknown) => T

/**
 * Compiled when it is first asked for: compiling those of all routes took a tenth of a server's start.
 *
 * @param part - `query` or `body`, as faults are told.
 */
export function compileCheck<Schema extends TSchema>(
  schema: Schema,
  part: 'query' | 'body',
): Check<Static<Schema>> {
  const ajv = part === 'query' ? queries : bodies
  let compiled: ValidateFunction<Static<Schema>> | undefined
  return (value) => {
    compiled ??= ajv.compile<Static<Schema>>(schema)
    const validate = compiled
    if (validate(value)) return value
    throw new ServerError(
      'HTTP_REQUEST_INVALID',
      `The ${part} of the request is not valid: ${summary(validate.errors, part)}`,
      {
        problems: (validate.errors ?? []).map((error) => asProblem(error, part)),
        hint: 'GET /api/v1/openapi.json describes every operation.',
      },
    )
  }
}

function summary(errors: readonly ErrorObject[] | null | undefined, part: string): string {
  const [first, ...rest] = (errors ?? []).map((error) => asProblem(error, part).message)
  return `${first ?? 'unknown fault.'}${rest.length === 0 ? '' : ` (and ${rest.length} more)`}`
}

function asProblem(error: ErrorObject, part: string): Problem {
  const pointer = error.instancePath.replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')
  const path = `${part}${pointer}`
  const allowed: unknown = error.params['allowedValues'] ?? error.params['allowedValue']
  const extra: unknown = error.params['additionalProperty']
  const detail = extra === undefined ? '' : `: "${String(extra)}"`
  const choices = allowed === undefined ? '' : `: ${[allowed].flat().map(String).join(', ')}`
  return {
    code: 'HTTP_REQUEST_INVALID',
    path,
    message: `${path} ${error.message ?? 'is not valid'}${detail}${choices}.`,
  }
}
