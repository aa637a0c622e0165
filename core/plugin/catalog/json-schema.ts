import type { JsonObject, JsonSchema } from '@pinion/plugin-sdk/manifest'
import type { ResolvedType } from '../resolved-type.ts'
import type { Snapshot } from './snapshot.ts'

/** The JSON Schemas of one type at one version, each complete in itself. */
export interface TypeSchema {
  readonly type: string
  readonly packageName: string
  readonly version: string
  /** Of the plugin's own properties; `id`, `type`, `version` and the other core properties belong to the flow. */
  readonly properties: JsonSchema
  readonly outputs?: JsonSchema
}

const DRAFT = 'https://json-schema.org/draft/2020-12/schema'

export function jsonSchemaOf(snapshot: Snapshot, type: string, version?: string): TypeSchema | undefined {
  const resolved = findVersion(snapshot, type, version)
  if (resolved === undefined) return undefined
  const { manifest } = resolved
  const properties: JsonObject = {
    $schema: DRAFT,
    title: manifest.title,
    ...(manifest.description === undefined ? {} : { description: manifest.description }),
    ...(manifest.deprecated === undefined ? {} : { deprecated: true }),
    ...manifest.properties,
  }
  return {
    type: resolved.type,
    packageName: resolved.packageName,
    version: resolved.version,
    properties,
    ...(manifest.outputs === undefined ? {} : { outputs: { $schema: DRAFT, ...manifest.outputs } }),
  }
}

/** An active, allowed version of a type: the exact one, or the newest release. */
export function findVersion(
  snapshot: Snapshot,
  type: string,
  version: string | undefined,
): ResolvedType | undefined {
  const versions = snapshot.listVersions(type)
  if (version !== undefined) return versions.find((resolved) => resolved.version === version)
  if (versions.length === 0) return undefined
  return snapshot.resolve({ type, instance: 'LATEST' }).resolved
}
