import { ExpressionError } from '../errors.ts'
import { textArgument, wrong } from '../reference/argument.ts'
import type { Call } from '../reference/definition.ts'

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i

/**
 * The URI of a file argument: a URI as it is, a path as that of a namespace file. A list of one counts as its item, as jq
 * gives lists only.
 */
export function fileUri(value: unknown, namespace: string | undefined, call: Call): string {
  const single: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  const path = textArgument(single, 'path', call)
  if (SCHEME.test(path)) return path
  const relative = path.replace(/^\/+/, '')
  if (relative === '') throw wrong('path', 'the path of a file', path)
  if (relative.split('/').includes('..')) {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      `The path ${JSON.stringify(path)} leads out of the namespace.`,
    )
  }
  return `nsfile://${namespace ?? ''}/${relative}`
}
