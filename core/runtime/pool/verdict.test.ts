import { describe, expect, test } from 'vitest'
import type { Marker } from '../protocol/marker.ts'
import type { HostBundle } from '../protocol/messages.ts'
import { type Death, type DeathCause, judge } from './verdict.ts'

const bundle = (number: number): HostBundle => ({
  bundle: number,
  packageName: `p${number}`,
  version: '1.0.0',
  runtime: 'isolate',
  sha512: `sha512-${number}`,
  bundlePath: '/b.js',
  permissions: {},
  types: [],
})
const attempt = (number: number, of: number, hasBegun = true) => ({ number, bundle: bundle(of), hasBegun })
const death = (cause: DeathCause, marker: Partial<Marker> = {}): Death => ({
  cause,
  pid: 1,
  marker: { seq: 1, attempt: 0, bundle: 0, sliceMs: 0, begun: 0, isCatastrophe: false, ...marker },
  residentBytes: 500 * 1024 * 1024,
  exit: 'SIGKILL',
  stderr: '',
})
const codes = (verdict: ReturnType<typeof judge>) =>
  verdict.outcomes.map((outcome) => (outcome.status === 'FAILED' ? outcome.error.code : outcome.status))

describe('who pays for a dead host', () => {
  const attempts = [attempt(1, 1), attempt(2, 2), attempt(3, 2), attempt(4, 3, false)]

  test.each([
    ['memory', 'PLUGIN_OUT_OF_MEMORY'],
    ['crash', 'PLUGIN_CRASHED_HOST'],
    ['unresponsive', 'PLUGIN_UNRESPONSIVE'],
    ['overdue', 'PLUGIN_UNRESPONSIVE'],
    ['protocol', 'PLUGIN_CRASHED_HOST'],
  ] as const)('%s: the attempt whose code was running fails with %s, the others are lost', (cause, code) => {
    const verdict = judge(death(cause, { attempt: 2, bundle: 2 }), attempts, () => undefined, 'all')
    expect(codes(verdict)).toEqual(['LOST', code, 'LOST', 'LOST'])
    expect(verdict.guilty).toMatchObject({ bundle: { packageName: 'p2' }, code })
    expect(verdict.suspects).toEqual([])
  })

  test('killed from outside, or stopped by us: nobody is guilty and nobody suspected', () => {
    for (const cause of ['outside', 'stopped'] as const) {
      const verdict = judge(death(cause, { attempt: 2, bundle: 2 }), attempts, () => undefined, 'all')
      expect(codes(verdict)).toEqual(['LOST', 'LOST', 'LOST', 'LOST'])
      expect(verdict).toMatchObject({ guilty: undefined, suspects: [] })
    }
  })

  test('a host that ended itself because V8 gave up is not “killed from outside”', () => {
    const verdict = judge(
      death('outside', { attempt: 1, isCatastrophe: true }),
      attempts,
      () => undefined,
      'all',
    )
    expect(codes(verdict)).toEqual(['PLUGIN_OUT_OF_MEMORY', 'LOST', 'LOST', 'LOST'])
  })

  test('with nobody running, all that have begun are suspected, and nobody fails', () => {
    const verdict = judge(death('crash'), attempts, () => undefined, 'all')
    expect(codes(verdict)).toEqual(['LOST', 'LOST', 'LOST', 'LOST'])
    expect(verdict.suspects.map(({ packageName }) => packageName)).toEqual(['p1', 'p2'])
  })

  test('a version that was loaded for nobody is guilty, without an attempt that fails', () => {
    const verdict = judge(death('memory', { bundle: 9 }), attempts, (number) => bundle(number), 'all')
    expect(codes(verdict)).toEqual(['LOST', 'LOST', 'LOST', 'LOST'])
    expect(verdict.guilty).toMatchObject({ bundle: { packageName: 'p9' } })
  })

  test('alone in its host, the suspect is guilty', () => {
    const verdict = judge(death('crash'), [attempt(5, 1)], () => undefined, 'nobody')
    expect(codes(verdict)).toEqual(['PLUGIN_CRASHED_HOST'])
  })

  test('in a host of one version all that have begun are guilty', () => {
    const shared = [attempt(1, 1), attempt(2, 1), attempt(3, 1, false)]
    expect(codes(judge(death('crash'), shared, () => undefined, 'version'))).toEqual([
      'PLUGIN_CRASHED_HOST',
      'PLUGIN_CRASHED_HOST',
      'LOST',
    ])
  })
})
