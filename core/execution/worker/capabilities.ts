import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import type { ExpressionServices } from '../../expression/index.ts'
import type { Storage } from '../../storage/index.ts'

/** Values by key in a namespace; expired ones are absent. */
export interface KvAccess {
  /** @returns JSON text */
  get(tenant: string, namespace: string, key: string): Promise<string | undefined>
  set(
    tenant: string,
    namespace: string,
    key: string,
    valueJson: string,
    ttlMs: number | undefined,
  ): Promise<void>
  delete(tenant: string, namespace: string, key: string): Promise<boolean>
  keys(tenant: string, namespace: string, prefix: string): Promise<readonly string[]>
}

export interface SecretAccess {
  /** Looks in the namespace and those above it. @throws if there is none of that name. */
  get(tenant: string, namespace: string, name: string): Promise<string>
}

export interface ExpressionCapabilities
  extends Pick<ExpressionServices, 'nowMs' | 'random' | 'randomBytes' | 'timeZone' | 'http' | 'freePort'> {
  /** The AES key that a name stands for in a namespace: 16, 24 or 32 bytes in Base64. Absent: names stand for no key. */
  readonly encryptionKey?: (tenant: string, namespace: string, name: string) => string
}

/** What the platform lets a running task reach, joined at start-up. */
export interface Capabilities {
  readonly storage: Storage
  readonly kv: KvAccess
  readonly secrets: SecretAccess
  /** The instance's `plugins.configurations` for a type. */
  configurationOf(type: string): JsonObject
  /** Services for expressions beyond `secret`, `kv`, files and logs, which the worker makes itself. */
  readonly expressions: ExpressionCapabilities
}
