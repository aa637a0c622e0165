import { DURATION_PATTERN } from '@pinion/plugin-sdk/manifest'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDurationMs } from './parse-duration.ts'

test.each([
  ['PT30S', 30_000],
  ['PT0.25S', 250],
  ['PT1H30M', 5_400_000],
  ['P1D', 86_400_000],
  ['P1DT12H', 129_600_000],
  ['P2W', 1_209_600_000],
  ['P1Y2M', 36_720_000_000],
  ['PT0S', 0],
])('%s is %d ms', (text, durationMs) => {
  expect(parseDurationMs(text)).toBe(durationMs)
})

test.each(['', 'P', 'PT', 'P1DT', '30s', 'PT-1S', 'pt1s', 'P200Y', 'P1W1Y', `PT${'9'.repeat(400)}S`])(
  '%s is none',
  (text) => {
    expect(parseDurationMs(text)).toBeUndefined()
  },
)

test('reads what the pattern of schemas allows, and nothing else', () => {
  const pattern = new RegExp(DURATION_PATTERN)
  const part = fc.constantFrom('P', 'T', '1', '0.5', 'Y', 'M', 'W', 'D', 'H', 'S', '.')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 7 }), (parts) => {
      const text = `P${parts.join('')}`
      fc.pre(!/\d{3}/.test(text))
      expect(parseDurationMs(text) !== undefined).toBe(pattern.test(text))
    }),
    { numRuns: 2_000 },
  )
})
