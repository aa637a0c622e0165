import type { ExpressionServices } from '../../expression/index.ts'
import { ExecutionError } from '../errors.ts'
import type { ExecutionState } from '../execution-state.ts'
import type { LogRecord } from '../model.ts'
import type { Capabilities } from './capabilities.ts'
import { expressionFiles } from './expression-files.ts'
import { handedOverTo } from './handed-over.ts'
import type { SecretMask } from './secret-mask.ts'
import { namespacePathOf } from './storage-reach.ts'

/** Reads the error logs of an execution, those of a moment ago included. */
export type ErrorLogReader = (tenant: string, executionId: string) => Promise<readonly LogRecord[]>

/** What expressions of an execution may call. Every secret that they see is told to the mask. */
export function expressionServices(
  state: ExecutionState,
  capabilities: Capabilities,
  readErrorLogs: ErrorLogReader,
  mask: SecretMask,
): ExpressionServices {
  const { tenant, namespace, executionId } = state.execution
  const { expressions, kv, secrets, storage } = capabilities
  const { encryptionKey, ...rest } = expressions
  return {
    ...rest,
    ...expressionFiles(storage, {
      tenant,
      namespacePath: namespacePathOf(namespace),
      wasHandedOver: handedOverTo(state),
    }),
    onSecret: (value) => mask.add(value),
    secret: async (name, from, subkey) => {
      const value = await secrets.get(tenant, from ?? namespace, name)
      mask.add(value)
      return subkey === undefined ? value : fieldOf(value, name, subkey)
    },
    kv: async (key, from) => {
      const valueJson = await kv.get(tenant, from ?? namespace, key)
      return valueJson === undefined ? undefined : JSON.parse(valueJson)
    },
    errorLogs: async () => (await readErrorLogs(tenant, executionId)).map(errorLogView),
    ...(encryptionKey === undefined
      ? {}
      : { encryptionKey: async (name: string) => encryptionKey(tenant, namespace, name) }),
  }
}

/** A field of a secret whose value is a JSON object. */
function fieldOf(secret: string, name: string, field: string): string {
  const value = memberOf(secret, field)
  if (typeof value === 'string') return value
  if (value !== undefined && value !== null) return JSON.stringify(value)
  throw new ExecutionError('TASK_SECRET_FIELD_MISSING', `The secret "${name}" has no field "${field}".`, {
    hint: 'Leave subkey out for the whole secret, or store it as a JSON object with that field.',
  })
}

function memberOf(secret: string, field: string): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(secret)
  } catch {
    // No JSON, and so no field: the parser's message would show a piece of the secret.
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, field)) return undefined
  return Reflect.get(parsed, field)
}

/** As the API lists logs. */
function errorLogView({ taskId, taskRunId, attempt, level, message, timestampMs }: LogRecord) {
  return {
    ...(taskId === undefined ? {} : { taskId }),
    ...(taskRunId === undefined ? {} : { taskRunId }),
    ...(attempt === undefined ? {} : { attemptNumber: attempt }),
    timestamp: new Date(timestampMs).toISOString(),
    level,
    message,
  }
}
