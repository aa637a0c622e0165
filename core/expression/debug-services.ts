import { ExpressionError } from './errors.ts'
import type { ExpressionServices } from './scope.ts'

/**
 * The services for evaluating an expression by hand against an execution: those given, but for the ones that would show a
 * secret. `secret()`, `credential()` and `decrypt()` fail with `EXPRESSION_REFUSED`.
 */
export function debugServices(services: ExpressionServices): ExpressionServices {
  const refuse = async (): Promise<never> => {
    throw new ExpressionError('EXPRESSION_REFUSED', 'Secrets are not shown here.', {
      hint: 'They are there when a task renders the expression.',
    })
  }
  return { ...services, secret: refuse, credential: refuse, encryptionKey: refuse }
}
