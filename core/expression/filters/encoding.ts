import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { ExpressionError } from '../errors.ts'
import type { Call, FilterDefinition } from '../reference/definition.ts'
import { decodeBase64, encodeBase64 } from '../value/base64.ts'
import { textOf } from '../value/text.ts'

const group = 'Encoding and hashes'

// @noble/hashes: audited, without dependencies, and pure JavaScript, so that this room needs no node: module.

export const ENCODING_FILTERS: readonly FilterDefinition[] = [
  {
    name: 'base64encode',
    group,
    summary: 'The UTF-8 bytes of the text in Base64.',
    parameters: [],
    examples: [{ template: '{{ "test" | base64encode }}', output: 'dGVzdA==' }],
    apply: (input, _args, call) => encodeBase64(bytesOf(input, call)),
  },
  {
    name: 'base64decode',
    group,
    summary: 'The text whose UTF-8 bytes are given in Base64.',
    parameters: [],
    examples: [{ template: '{{ "dGVzdA==" | base64decode }}', output: 'test' }],
    apply: (input, _args, call) => {
      const text = textOf(input, call)
      call.charge(text.length >> 3)
      const bytes = decodeBase64(text)
      if (bytes === undefined) throw new ExpressionError('EXPRESSION_VALUE', 'The text is not Base64.')
      return new TextDecoder().decode(bytes)
    },
  },
  {
    name: 'urlencode',
    group,
    summary: 'The text as a value in a form or query: + for a space.',
    parameters: [],
    examples: [{ template: '{{ "ü@foo bar" | urlencode }}', output: '%C3%BC%40foo+bar' }],
    apply: (input, _args, call) => urlEncode(textOf(input, call)),
  },
  {
    name: 'urldecode',
    group,
    summary: 'The opposite of urlencode.',
    parameters: [],
    examples: [{ template: '{{ "%C3%BC%40foo+bar" | urldecode }}', output: 'ü@foo bar' }],
    apply: (input, _args, call) => urlDecode(textOf(input, call)),
  },
  hashFilter('md5', 'MD5', md5, '098f6bcd4621d373cade4e832627b4f6'),
  hashFilter('sha1', 'SHA-1', sha1, 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'),
  hashFilter('sha256', 'SHA-256', sha256, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'),
  hashFilter(
    'sha512',
    'SHA-512',
    sha512,
    'ee26b0dd4af7e749aa1a8ee3c10ae9923f618980772e473f8819a5d4940e0db27ac185f8a0e1d5f84f88bc887fd67b143732c304cc5fa9ad8e6f57f50028a8ff',
  ),
]

function hashFilter(
  name: string,
  title: string,
  hash: (bytes: Uint8Array) => Uint8Array,
  output: string,
): FilterDefinition {
  return {
    name,
    group,
    summary: `The ${title} hash of the text's UTF-8 bytes in hexadecimal.`,
    parameters: [],
    examples: [{ template: `{{ "test" | ${name} }}`, output }],
    apply: (input, _args, call) => {
      const bytes = bytesOf(input, call)
      call.charge(10 + (bytes.length >> 3))
      return bytesToHex(hash(bytes))
    },
  }
}

function bytesOf(input: unknown, call: Call): Uint8Array {
  const text = textOf(input, call)
  call.charge(text.length >> 3)
  return new TextEncoder().encode(text)
}

function urlEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    throw new ExpressionError('EXPRESSION_VALUE', 'The text is not URL-encoded.', {
      hint: 'A "%" must be followed by two hexadecimal digits that make up UTF-8.',
    })
  }
}
