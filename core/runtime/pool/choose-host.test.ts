import { describe, expect, test } from 'vitest'
import { type Candidate, chooseHost } from './choose-host.ts'

const host = (given: Partial<Candidate> & { readonly name: string }) => ({
  isOpen: true,
  unstarted: 0,
  running: 0,
  maxUnstarted: 32,
  hasLoaded: false,
  isSwollen: false,
  ...given,
})

describe('the host for an attempt', () => {
  test.each([
    [
      'has the version loaded',
      [host({ name: 'a' }), host({ name: 'b', hasLoaded: true, unstarted: 5 })],
      'b',
    ],
    [
      'is another, once that one is much busier',
      [host({ name: 'a' }), host({ name: 'b', hasLoaded: true, unstarted: 9 })],
      'a',
    ],
    [
      'is not in a long slice',
      [host({ name: 'a', hasLoaded: true, isOpen: false }), host({ name: 'b', unstarted: 30 })],
      'b',
    ],
    [
      'is not full',
      [host({ name: 'a', hasLoaded: true, unstarted: 32 }), host({ name: 'b', unstarted: 31 })],
      'b',
    ],
    [
      'is not short of memory',
      [host({ name: 'a', hasLoaded: true, isSwollen: true }), host({ name: 'b', unstarted: 31 })],
      'b',
    ],
    [
      'may have many that wait',
      [host({ name: 'a', hasLoaded: true, running: 100 }), host({ name: 'b' })],
      'a',
    ],
    [
      'is short of memory, if all others are closed',
      [host({ name: 'a', isSwollen: true }), host({ name: 'b', isOpen: false })],
      'a',
    ],
  ])('%s', (_, hosts, name) => {
    expect(chooseHost(hosts)?.name).toBe(name)
  })

  test('is none, if all are full', () => {
    expect(
      chooseHost([host({ name: 'a', unstarted: 32 }), host({ name: 'b', isOpen: false })]),
    ).toBeUndefined()
  })
})
