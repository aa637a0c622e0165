import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readHostMessage } from './read-host-message.ts'

const usage = { cpuMs: 1, hostCalls: 0, bytesIn: 0, bytesOut: 0 }

describe('what a host says is checked', () => {
  test.each([
    { t: 'ready', protocol: 1, residentBytes: 1 },
    { t: 'parked', attempt: 1 },
    { t: 'stalled' },
    { t: 'settled', attempt: 1, outcome: { status: 'SUCCESS', outputsJson: '{}', warning: 'w' }, usage },
    { t: 'settled', attempt: 1, outcome: { status: 'LOST', reason: 'r' }, usage },
    { t: 'call', attempt: 1, call: 2, method: 'kv.get', params: { key: 'k' } },
    { t: 'log', attempt: 1, entries: [{ level: 'INFO', message: 'm', timestampMs: 1 }] },
    { t: 'pong', seq: 1, report: { residentBytes: 1, isolates: 0, isolatesMade: 0 } },
  ])('passed on: $t', (message) => {
    expect(readHostMessage(message)).toEqual(message)
  })

  test.each([
    ['another version of the protocol', { t: 'ready', protocol: 2, residentBytes: 1 }],
    ['an unknown message', { t: 'constructor' }],
    ['a call of an unknown method', { t: 'call', attempt: 1, call: 1, method: 'toString', params: {} }],
    [
      'parameters of the wrong shape',
      { t: 'call', attempt: 1, call: 1, method: 'kv.get', params: { key: 7 } },
    ],
    ['a negative attempt', { t: 'parked', attempt: -1 }],
    [
      'a result that is no text',
      { t: 'settled', attempt: 1, outcome: { status: 'SUCCESS', outputsJson: {} }, usage },
    ],
    [
      'usage that is no number',
      { t: 'settled', attempt: 1, outcome: { status: 'KILLED' }, usage: { ...usage, cpuMs: 'x' } },
    ],
    [
      'a log level that does not exist',
      { t: 'log', attempt: 1, entries: [{ level: 'FATAL', message: '', timestampMs: 1 }] },
    ],
  ])('refused: %s', (_, message) => {
    expect(readHostMessage(message)).toBeUndefined()
  })

  test('what a call does not know is left out', () => {
    const message = {
      t: 'call',
      attempt: 1,
      call: 1,
      method: 'kv.get',
      params: { key: 'k', tenant: 'other' },
    }
    expect(readHostMessage(message)).toMatchObject({ params: { key: 'k' } })
    expect(readHostMessage(message)).not.toMatchObject({ params: { tenant: 'other' } })
  })

  test('nothing makes the reader throw', () => {
    const names = ['ready', 'loaded', 'unloadable', 'settled', 'call', 'log', 'metric', 'progress', 'pong']
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.dictionary(fc.string(), fc.anything()),
        fc.anything(),
        (t, rest, value) => {
          readHostMessage({ ...rest, t, outcome: value, params: value, entries: [value], metrics: [value] })
          readHostMessage(value)
        },
      ),
    )
  })
})
