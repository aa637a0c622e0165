import type { IncomingMessage } from 'node:http'
import type { Static, TSchema } from 'typebox'
import { ServerError } from '../errors.ts'
import { parseJsonBody } from './json-body.ts'
import { mediaTypeOf } from './media-type.ts'
import { readBounded } from './read-bounded.ts'
import { compileCheck } from './validator.ts'

/** Bytes, by kind of body. */
export interface BodyLimits {
  readonly textBytes: number
  readonly uploadBytes: number
  readonly formBytes: number
}

/** A body that nobody has read yet. `scratchDir` is where files of this request may lie; it is removed at its end. */
export interface IncomingBody {
  readonly request: IncomingMessage
  readonly limits: BodyLimits
  scratchDir(): Promise<string>
}

/** How a route takes its body, and how the OpenAPI document tells it. */
export interface BodyReader<T> {
  readonly mediaTypes: readonly string[]
  readonly isRequired: boolean
  readonly schema?: TSchema
  read(incoming: IncomingBody): Promise<T>
}

/** What comes is not looked at. */
export const noBody: BodyReader<undefined> = {
  mediaTypes: [],
  isRequired: false,
  read: async () => undefined,
}

export function jsonBody<Schema extends TSchema>(schema: Schema): BodyReader<Static<Schema>> {
  const check = compileCheck(schema, 'body')
  return {
    mediaTypes: ['application/json'],
    isRequired: true,
    schema,
    read: async ({ request, limits }) => {
      expectMediaType(request, ['application/json', ''])
      return check(parseJsonBody(await readBounded(request, limits.textBytes)))
    },
  }
}

const SOURCE_TYPES = [
  'application/x-yaml',
  'application/yaml',
  'text/yaml',
  'text/x-yaml',
  'text/plain',
  'application/json',
]

/** YAML (or JSON, which is YAML) as text: comments and positions stay. */
export const sourceBody: BodyReader<string> = {
  mediaTypes: SOURCE_TYPES.slice(0, 1).concat('application/json'),
  isRequired: true,
  read: async ({ request, limits }) => {
    // curl's --data sends a form's media type unless told otherwise: what it sends is still a source.
    expectMediaType(request, [
      ...SOURCE_TYPES,
      'application/octet-stream',
      'application/x-www-form-urlencoded',
      '',
    ])
    return decodeText(await readBounded(request, limits.textBytes))
  },
}

/** Plain text of at most that many bytes. */
export function textBody(maxBytes: number): BodyReader<string> {
  return {
    mediaTypes: ['text/plain'],
    isRequired: true,
    read: async ({ request, limits }) => {
      expectMediaType(request, [
        'text/plain',
        'application/octet-stream',
        'application/x-www-form-urlencoded',
        '',
      ])
      return decodeText(await readBounded(request, Math.min(maxBytes, limits.textBytes)))
    },
  }
}

function expectMediaType(request: IncomingMessage, expected: readonly string[]): void {
  const found = mediaTypeOf(request)
  if (expected.includes(found)) return
  throw new ServerError('HTTP_MEDIA_TYPE_UNSUPPORTED', `A body of the type "${found}" is not taken here.`, {
    hint: `Send Content-Type: ${expected[0]}.`,
  })
}

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new ServerError('HTTP_BODY_INVALID', 'The body is not UTF-8 text.', { cause: error })
  }
}
