import { compileTemplate, type Scope } from '../../expression/index.ts'
import type { AttemptCalls, AttemptMethod } from '../../runtime/index.ts'
import type { Capabilities } from './capabilities.ts'
import type { SecretMask } from './secret-mask.ts'
import type { StorageCalls } from './storage-calls.ts'

/** Who an attempt runs for. */
export interface AttemptOwner {
  readonly tenant: string
  readonly namespace: string
}

type Handlers = {
  [M in AttemptMethod]: (params: AttemptCalls[M]['params']) => Promise<AttemptCalls[M]['result']>
}

/** Answers the calls that a running task makes. The runtime has checked its permissions before they come here. */
export function attemptCalls(
  owner: AttemptOwner,
  capabilities: Capabilities,
  storage: StorageCalls,
  mask: SecretMask,
  scope: () => Scope,
): <M extends AttemptMethod>(
  method: M,
  params: AttemptCalls[M]['params'],
) => Promise<AttemptCalls[M]['result']> {
  const { tenant, namespace } = owner
  const { kv } = capabilities
  const handlers: Handlers = {
    'storage.read': (params) => storage.read(params),
    'storage.stat': ({ uri }) => storage.stat(uri),
    'storage.write': (params) => storage.write(params),
    'storage.delete': ({ uri }) => storage.delete(uri),
    'kv.get': async (params) => {
      const valueJson = await kv.get(tenant, params.namespace ?? namespace, params.key)
      return valueJson === undefined ? null : { valueJson }
    },
    'kv.set': async (params) => {
      await kv.set(tenant, params.namespace ?? namespace, params.key, params.valueJson, params.ttlMs)
      return null
    },
    'kv.delete': (params) => kv.delete(tenant, params.namespace ?? namespace, params.key),
    'kv.keys': (params) => kv.keys(tenant, params.namespace ?? namespace, params.prefix ?? ''),
    'secret.get': async ({ name }) => {
      const value = await capabilities.secrets.get(tenant, namespace, name)
      mask.add(value)
      return value
    },
    render: async ({ template, variables }) => {
      const outer = scope()
      const inner =
        variables === undefined ? outer : { ...outer, variables: { ...outer.variables, ...variables } }
      return compileTemplate(template).render(inner)
    },
  }
  return (method, params) => handlers[method](params)
}
