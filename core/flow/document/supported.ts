import type { JsonObject, JsonSchema } from '@pinion/plugin-sdk/manifest'
import type { UnsupportedFeature } from '../schema/features.ts'

/** What an editor should offer: the properties without those that a save would refuse. */
export function supported(
  properties: Readonly<Record<string, JsonSchema>>,
  unsupported: Readonly<Record<string, UnsupportedFeature>>,
): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([name]) => !Object.hasOwn(unsupported, name) || unsupported[name]?.severity === 'warning',
    ),
  )
}
