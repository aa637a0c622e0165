import { describe, expect, test } from 'vitest'
import { type Principal, ROLES, type Role } from './model.ts'
import { may } from './permissions.ts'

const as = (role: Role): Principal => ({ userId: 'u', username: 'u', role, tenant: 'main' })

describe('A role', () => {
  test.for([
    [
      'viewer',
      ['flow.view'],
      ['execution.start', 'flow.edit', 'plugin.publish', 'plugin.install', 'user.manage'],
    ],
    [
      'launcher',
      ['flow.view', 'execution.start'],
      ['flow.edit', 'plugin.publish', 'plugin.install', 'user.manage'],
    ],
    ['editor', ['flow.edit', 'execution.start', 'plugin.publish'], ['plugin.install', 'user.manage']],
    ['admin', ['flow.edit', 'plugin.install', 'plugin.remove', 'user.manage'], []],
  ] as const)('%s may do its part and no more', ([role, allowed, refused]) => {
    for (const action of allowed) expect(may(as(role), action), action).toBe(true)
    for (const action of refused) expect(may(as(role), action), action).toBe(false)
  })

  test('counts in its own tenant only', () => {
    for (const role of ROLES) {
      expect(may(as(role), 'flow.view', { tenant: 'main', namespace: 'a.b' })).toBe(true)
      expect(may(as(role), 'flow.view', { tenant: 'other' })).toBe(false)
    }
  })
})
