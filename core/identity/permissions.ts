import { type Principal, ROLES, type Role } from './model.ts'

/** What may be done, and the least role that may. */
const LEAST_ROLE = {
  'flow.view': 'viewer',
  'flow.edit': 'editor',
  'execution.view': 'viewer',
  'execution.start': 'launcher',
  'execution.change': 'launcher',
  'execution.remove': 'editor',
  'namespace.view': 'viewer',
  'namespace.edit': 'editor',
  'storage.view': 'viewer',
  'storage.edit': 'editor',
  'kv.view': 'viewer',
  'kv.edit': 'editor',
  'plugin.view': 'viewer',
  'plugin.publish': 'editor',
  'plugin.install': 'admin',
  'plugin.remove': 'admin',
  'user.manage': 'admin',
  'instance.manage': 'admin',
} as const satisfies Record<string, Role>

export type Action = keyof typeof LEAST_ROLE

/** What is acted on. Absent: something of the whole instance. */
export interface ActionTarget {
  readonly tenant: string
  readonly namespace?: string
}

/**
 * Whether somebody may do something. The one place where it is decided: finer permissions (by namespace, by group) come
 * here, and no caller changes.
 */
export function may(principal: Principal, action: Action, target?: ActionTarget): boolean {
  if (target !== undefined && target.tenant !== principal.tenant) return false
  // ROLES stand in order of power, the strongest first.
  return ROLES.indexOf(principal.role) <= ROLES.indexOf(LEAST_ROLE[action])
}
