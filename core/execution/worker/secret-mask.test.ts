import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SecretMask } from './secret-mask.ts'

function maskOf(...secrets: readonly string[]): SecretMask {
  const mask = new SecretMask()
  for (const secret of secrets) mask.add(secret)
  return mask
}

describe('the mask', () => {
  test('hides a secret as it is, in JSON, in an address and in Base64', () => {
    const mask = maskOf('pa"ss/wo rd+1')
    expect(mask.apply('x pa"ss/wo rd+1 y')).toBe('x **** y')
    expect(mask.apply(JSON.stringify({ password: 'pa"ss/wo rd+1' }))).toBe('{"password":"****"}')
    expect(mask.apply(`https://a.example/?q=${encodeURIComponent('pa"ss/wo rd+1')}&r=1`)).toBe(
      'https://a.example/?q=****&r=1',
    )
    expect(mask.apply(btoa('pa"ss/wo rd+1'))).not.toContain(btoa('pa"ss/wo rd+1').slice(0, 8))
  })

  test('hides it in the Base64 of a longer text, whatever stands around it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 })
    fc.assert(
      fc.property(text, text, fc.constantFrom('base64', 'base64url'), (before, after, encoding) => {
        const secret = 's3cret>>value??'
        const encoded = Buffer.from(before + secret + after).toString(encoding)
        const masked = maskOf(secret).apply(encoded)
        expect(masked).toContain('****')
        for (const piece of masked.split('****')) {
          expect(Buffer.from(piece, encoding).toString('latin1')).not.toContain('cret>>')
        }
      }),
    )
  })

  test('hides the start of a secret in an error, and nothing shorter than that', () => {
    const mask = maskOf('a-long-secret-value')
    expect(mask.applyToFault('"a-long-sec" is not a date')).toBe('"****" is not a date')
    expect(mask.applyToFault('a-long-secret-value and a-lon')).toBe('**** and a-lon')
    expect(mask.apply('a-long-sec')).toBe('a-long-sec')
  })

  test('leaves texts alone when nothing, or next to nothing, is secret', () => {
    expect(maskOf('', 'ab').apply('ab cab')).toBe('ab cab')
  })
})
