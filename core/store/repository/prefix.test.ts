import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOfPrefix } from './prefix.ts'

const wellFormed = fc.string({ unit: 'binary', maxLength: 5 }).filter((text) => text.isWellFormed())

/** As both databases compare: by UTF-8 bytes, which is by code point. */
const isBefore = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0

describe('The end of a prefix', () => {
  test.for([
    ['a', 'b'],
    ['a.', 'a/'],
    ['\uD7FF', '\uE000'],
    ['\uFFFF', '\u{10000}'],
    ['a\u{10FFFF}', 'b'],
    ['\u{10FFFF}', undefined],
    ['', undefined],
  ] as const)('%j is %j', ([prefix, end]) => {
    expect(endOfPrefix(prefix)).toBe(end)
  })

  test('lies after everything with the prefix and before everything else that is greater', () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, wellFormed, (prefix, rest, other) => {
        const end = endOfPrefix(prefix)
        const isInRange = (text: string): boolean =>
          !isBefore(text, prefix) && (end === undefined || isBefore(text, end))
        expect(isInRange(prefix + rest)).toBe(true)
        expect(isInRange(other)).toBe(other.startsWith(prefix))
      }),
    )
  })
})
