import { PinionError } from '../../errors/index.ts'
import { ExpressionError } from '../errors.ts'
import type { Call } from '../reference/definition.ts'
import type { ExpressionServices } from '../scope.ts'

type ServiceName = {
  [Name in keyof ExpressionServices]-?: Extract<
    ExpressionServices[Name],
    (...args: never) => Promise<unknown>
  > extends never
    ? never
    : Name
}[keyof ExpressionServices]

/**
 * Calls a service for a function of that name. What it throws becomes an ExpressionError that keeps message and hint.
 *
 * @throws ExpressionError `EXPRESSION_UNAVAILABLE` where the scope has no such service
 */
export function callService<Name extends ServiceName, Result>(
  functionName: string,
  service: Name,
  call: Call,
  use: (service: NonNullable<ExpressionServices[Name]>) => Promise<Result>,
): Promise<Result> {
  const provided = call.services[service]
  if (provided === undefined) {
    throw new ExpressionError('EXPRESSION_UNAVAILABLE', `${functionName}() is not available here.`)
  }
  call.countServiceCall()
  // A service may throw before it gives its promise, and may give a promise of another library.
  return Promise.resolve()
    .then(() => use(provided))
    .catch((error: unknown) => {
      throw accessError(functionName, error)
    })
}

function accessError(functionName: string, error: unknown): ExpressionError {
  if (error instanceof ExpressionError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ExpressionError('EXPRESSION_ACCESS_FAILED', `${functionName}() failed: ${message}`, {
    hint: error instanceof PinionError ? error.hint : undefined,
    cause: error,
  })
}
