import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import { PinionError } from '../../errors/index.ts'
import { toVersionRequest, type VersionChoice, type VersionRequest } from '../../plugin/index.ts'
import type { FlowLock } from '../lock.ts'
import { formatPath, type PropertyPath } from '../path/property-path.ts'
import type { CompileContext } from './context.ts'
import { findOrigin, fromDefault, toLevels } from './plugin-levels.ts'

/**
 * Decides which installed version a plugin of a flow runs with: the one that the lock pins, or the one that the nearest
 * level asks for. What cannot be decided becomes a problem at the line that asks for it.
 *
 * @param written - the plugin as in the flow, before defaults; its `type` is a text
 */
export function choosePlugin(
  context: CompileContext,
  written: JsonObject,
  type: string,
  path: PropertyPath,
): VersionChoice | undefined {
  const { catalog, lock } = context
  if (lock !== undefined) return chooseLocked(context, lock, type, path)
  const request = toVersionRequest(
    written,
    catalog.namesOf(type),
    toLevels(context.defaults),
    context.instanceVersion,
  )
  try {
    return catalog.resolve(request)
  } catch (error) {
    if (!(error instanceof PinionError)) throw error
    reportUnresolved(context, written, request, path, error)
    return undefined
  }
}

const FAULTS_OF_TYPE: ReadonlySet<string> = new Set(['PLUGIN_TYPE_UNKNOWN', 'PLUGIN_TYPE_FORBIDDEN'])

function reportUnresolved(
  { catalog, defaults, problems, yaml }: CompileContext,
  written: JsonObject,
  request: VersionRequest,
  path: PropertyPath,
  error: PinionError,
): void {
  const { code, message, hint } = error
  if (FAULTS_OF_TYPE.has(code)) {
    problems.add([...path, 'type'], { code, message, hint })
    return
  }
  const own = written['version']
  const asked = request.task ?? request.flow ?? request.namespace ?? request.instance
  if (own !== undefined && asked === String(own)) {
    problems.add([...path, 'version'], { code, message, hint })
    return
  }
  const origin = findOrigin(defaults, catalog.namesOf(request.type), ['version'], asked)
  problems.add([...path, 'type'], {
    code,
    message: origin === undefined ? message : `${message} ${fromDefault('version', origin)}`,
    hint:
      origin?.path === undefined
        ? hint
        : `${hint ?? ''} The default stands on line ${yaml.locate(origin.path, 'value').line}.`,
  })
}

function chooseLocked(
  { catalog, problems }: CompileContext,
  lock: FlowLock,
  type: string,
  path: PropertyPath,
): VersionChoice | undefined {
  const place = formatPath(path)
  const entry = Object.hasOwn(lock.entries, place) ? lock.entries[place] : undefined
  if (entry === undefined) {
    problems.add([...path, 'type'], {
      code: 'FLOW_LOCK_UNAVAILABLE',
      message: `The lock of this revision knows no plugin at ${place}.`,
      hint: 'A plugin default added it since: save the flow again.',
    })
    return undefined
  }
  const resolved = catalog.findExact(entry.type, entry.packageName, entry.version)
  if (resolved === undefined) {
    const { code, message, hint } = catalog.explainMissing(entry.type, entry.packageName, entry.version)
    problems.add([...path, 'type'], { code, message, hint })
    return undefined
  }
  if (resolved.integrity !== entry.integrity) {
    problems.add([...path, 'type'], {
      code: 'FLOW_LOCK_UNAVAILABLE',
      message: `${entry.packageName}@${entry.version} is installed, but it is not the package that this revision was locked to.`,
      hint: `Locked: ${entry.integrity}. Installed: ${resolved.integrity}. Save the flow again if that is meant.`,
    })
    return undefined
  }
  return {
    resolved,
    request: entry.request,
    decidedBy: entry.decidedBy,
    ...(type === entry.type ? {} : { alias: type }),
  }
}
