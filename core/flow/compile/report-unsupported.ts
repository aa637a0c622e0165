import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { PropertyPath } from '../path/property-path.ts'
import type { UnsupportedFeature } from '../schema/features.ts'
import type { CompileContext } from './context.ts'

/** Refuses the properties of an object that the engine would ignore. */
export function reportUnsupported(
  context: CompileContext,
  written: JsonObject,
  path: PropertyPath,
  features: Readonly<Record<string, UnsupportedFeature>>,
): void {
  for (const name of Object.keys(written)) report(context, name, [...path, name], 'key', features)
}

/** Refuses a value, such as a type of input, that the engine does not know. */
export function reportUnsupportedValue(
  context: CompileContext,
  value: JsonValue | undefined,
  path: PropertyPath,
  features: Readonly<Record<string, UnsupportedFeature>>,
): void {
  if (typeof value === 'string') report(context, value, path, 'value', features)
}

/** Refuses one thing that the engine would not do as it is written. @param what - for the message */
export function reportUnsupportedForm(
  { problems }: CompileContext,
  what: string,
  path: PropertyPath,
  { severity, hint }: UnsupportedFeature,
): void {
  problems.add(path, {
    severity,
    code: 'FLOW_FEATURE_UNSUPPORTED',
    message: `This release does not know ${what} yet.`,
    hint,
  })
}

function report(
  { problems }: CompileContext,
  name: string,
  path: PropertyPath,
  at: 'key' | 'value',
  features: Readonly<Record<string, UnsupportedFeature>>,
): void {
  const feature = Object.hasOwn(features, name) ? features[name] : undefined
  if (feature === undefined) return
  problems.add(path, {
    severity: feature.severity,
    code: 'FLOW_FEATURE_UNSUPPORTED',
    at,
    message: `This release does not run \`${name}\` yet.`,
    hint: feature.hint,
  })
}
