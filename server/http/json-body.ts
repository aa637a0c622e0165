import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser'
import { ServerError } from '../errors.ts'
import { asJson, type JsonValue } from '../json.ts'
import { JSON_DEPTH } from '../limits.ts'

/**
 * Parses a JSON body.
 *
 * @throws ServerError `HTTP_BODY_INVALID` with line and column of a syntax error
 */
export function parseJsonBody(bytes: Buffer): JsonValue {
  const text = bytes.toString('utf8')
  try {
    return asJson(JSON.parse(text), JSON_DEPTH)
  } catch (error) {
    if (error instanceof SyntaxError) throw syntaxError(text, error)
    if (error instanceof RangeError)
      throw new ServerError('HTTP_BODY_INVALID', `The body is refused: ${error.message}`, { cause: error })
    throw error
  }
}

/** V8 names a position for some faults only; a second, slower parser finds it for all. */
function syntaxError(text: string, cause: SyntaxError): ServerError {
  const faults: ParseError[] = []
  parse(text, faults, { disallowComments: true })
  const [fault] = faults
  const before = text.slice(0, fault?.offset ?? text.length).split('\n')
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  const reason = (fault === undefined ? 'UnexpectedEnd' : printParseErrorCode(fault.error))
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return new ServerError(
    'HTTP_BODY_INVALID',
    `The body is not JSON: ${reason} at line ${line}, column ${column}.`,
    {
      at: { line, column },
      cause,
    },
  )
}
