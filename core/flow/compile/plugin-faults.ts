import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import type { PropertyFault, ResolvedType, VersionChoice } from '../../plugin/index.ts'
import { formatPath, type PropertyPath, parsePath, valueAt } from '../path/property-path.ts'
import type { CompileContext } from './context.ts'
import { findOrigin, fromDefault } from './plugin-levels.ts'
import { isDeclared } from './schema-place.ts'

/** A plugin after defaults were merged into it. */
export interface MergedAt {
  readonly resolved: ResolvedType
  readonly merged: JsonObject
  readonly path: PropertyPath
}

/** A fault that the type's own schema found. */
export function reportPropertyFault(context: CompileContext, plugin: MergedAt, fault: PropertyFault): void {
  const { resolved, merged } = plugin
  const below = parsePath(fault.path)
  const isMissing = below.length > 0 && valueAt(merged, below) === undefined
  const isUnknown = !isMissing && !isDeclared(resolved.manifest.properties, below)
  reportMergedFault(context, plugin, below, {
    code: isUnknown ? 'FLOW_PROPERTY_UNKNOWN' : isMissing ? 'FLOW_PROPERTY_MISSING' : 'FLOW_PROPERTY_INVALID',
    at: isUnknown ? 'key' : 'value',
    message: fault.message,
    hint: `See ${resolved.type} in ${resolved.packageName}@${resolved.version}.`,
  })
}

/**
 * A fault in a merged value. If a default brought the value, the fault says whose default it is, and stands at the
 * default if that is in this source.
 */
export function reportMergedFault(
  { catalog, defaults, problems, yaml }: CompileContext,
  { resolved, merged, path }: MergedAt,
  below: PropertyPath,
  fault: {
    readonly code: string
    readonly at: 'key' | 'value'
    readonly message: string
    readonly hint?: string
  },
): void {
  const value = valueAt(merged, below)
  const isWritten = value === undefined || sameJson(valueAt(yaml.data, [...path, ...below]), value)
  const origin = isWritten ? undefined : findOrigin(defaults, catalog.namesOf(resolved.type), below, value)
  problems.add([...path, ...below], {
    ...fault,
    message:
      origin === undefined ? fault.message : `${fault.message} ${fromDefault(formatPath(below), origin)}`,
    ...(origin?.path === undefined ? {} : { place: yaml.locate(origin.path, fault.at) }),
  })
}

/** Names that still work and should change. */
export function warnOfNames({ problems }: CompileContext, choice: VersionChoice, path: PropertyPath): void {
  const { resolved, alias } = choice
  const { deprecated } = resolved.manifest
  if (alias !== undefined) {
    problems.add([...path, 'type'], {
      severity: 'warning',
      code: 'FLOW_TYPE_RENAMED',
      message: `The type ${alias} is now called ${resolved.type}.`,
      hint: `Write type: ${resolved.type}`,
    })
  }
  if (deprecated !== undefined) {
    problems.add([...path, 'type'], {
      severity: 'warning',
      code: 'FLOW_TYPE_DEPRECATED',
      message: `The type ${resolved.type} is deprecated: ${deprecated.message}`,
      hint: deprecated.replacement === undefined ? undefined : `Use ${deprecated.replacement}.`,
    })
  }
}

function sameJson(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right)
}
