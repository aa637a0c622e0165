import type { JsonObject, JsonSchema, JsonValue, PluginKind } from '@pinion/plugin-sdk/manifest'
import type { CompiledValue } from '../../expression/index.ts'
import { mergeDefaults, type ResolvedType, type VersionChoice } from '../../plugin/index.ts'
import { MAX_PLUGINS } from '../limits.ts'
import type { FlowLock, LockEntry } from '../lock.ts'
import { formatPath, type PropertyPath } from '../path/property-path.ts'
import { checkStructure } from '../schema/check-structure.ts'
import { NESTED_TASKS } from '../schema/features.ts'
import { NESTED_PROPERTIES, TASK_PROPERTIES, TRIGGER_PROPERTIES } from '../schema/plugin-core.ts'
import { checkTemplates } from './check-templates.ts'
import { choosePlugin } from './choose-plugin.ts'
import { compileProperties, findUnrendered } from './compile-properties.ts'
import type { CompileContext } from './context.ts'
import { type FoundPlugin, findNestedPlugins } from './find-nested.ts'
import { reportMergedFault, reportPropertyFault, warnOfNames } from './plugin-faults.ts'
import { toLevels } from './plugin-levels.ts'
import { replaceAt } from './replace-at.ts'

/** A plugin of a flow with its version decided and all defaults merged; the flow may have errors nevertheless. */
export interface PluginOutcome {
  readonly resolved: ResolvedType
  /** Everything, core properties too. */
  readonly merged: JsonObject
  /** Of a type that the engine executes: the tasks within it, as written, which nobody has looked at yet. */
  readonly tasks: readonly FoundPlugin[]
  /** Absent if the flow has an error, here or before. */
  readonly compiled?: CompiledPlugin
}

export interface CompiledPlugin {
  /** The properties that every plugin of its kind has, as merged. */
  readonly core: JsonObject
  /** Its type's own, without tasks within it. */
  readonly properties: CompiledValue
}

/** What stands in a place of the flow: which properties belong to the platform, and where it holds other plugins. */
interface Role {
  readonly structure: 'task' | 'trigger' | 'nested'
  readonly coreNames: ReadonlySet<string>
  readonly places: ResolvedType['nestedPlugins']
}

const ROLES = {
  task: { structure: 'task', coreNames: namesOf(TASK_PROPERTIES), places: [] },
  trigger: {
    structure: 'trigger',
    coreNames: namesOf(TRIGGER_PROPERTIES),
    places: [{ path: 'conditions', kind: 'condition' }],
  },
  nested: { structure: 'nested', coreNames: namesOf(NESTED_PROPERTIES), places: [] },
} as const satisfies Record<string, Role>

interface MergedPlugin {
  readonly resolved: ResolvedType
  /** Everything, core properties too; nested plugins are merged as well. */
  readonly merged: JsonObject
  /** Of the plugins within, by the object that stands in `merged`. */
  readonly schemas: ReadonlyMap<JsonValue, JsonSchema>
}

/** Turns the plugins of one flow, as written, into what runs; what is wrong goes to the context's problems. */
export class PluginCompiler {
  readonly #context: CompileContext
  readonly #lock: Record<string, LockEntry> = {}
  #count = 0

  constructor(context: CompileContext) {
    this.#context = context
  }

  /** Of every plugin so far. */
  get lock(): FlowLock {
    return { lockVersion: 1, entries: this.#lock }
  }

  /** @returns undefined if it is not known what the plugin is */
  compile(written: JsonObject, path: PropertyPath, kind: 'task' | 'trigger'): PluginOutcome | undefined {
    const plugin = this.#merge(written, path, kind, ROLES[kind])
    if (plugin === undefined) return undefined
    const { resolved, merged } = plugin
    const { coreNames } = ROLES[kind]
    const taskPlaces = isFlowable(resolved) ? taskPlacesOf(resolved) : []
    const taskNames = taskPlaces.map((place) => place.path.split('.')[0] ?? place.path)
    const own = withoutNames(merged, new Set([...coreNames, ...taskNames]))
    const unrendered = this.#checkTexts(plugin, own, path)
    const outcome = { resolved, merged, tasks: findNestedPlugins(taskPlaces, merged) }
    // Templates with faults do not compile, and nobody runs a flow with errors.
    if (this.#context.problems.hasErrors) return outcome
    const core = Object.fromEntries(Object.entries(merged).filter(([name]) => coreNames.has(name)))
    return { ...outcome, compiled: { core, properties: compileProperties(own, unrendered) } }
  }

  #merge(written: JsonObject, path: PropertyPath, kind: PluginKind, role: Role): MergedPlugin | undefined {
    if (!this.#isWithinLimit(path)) return undefined
    const { problems, catalog, defaults } = this.#context
    const type = written['type']
    const choice =
      typeof type === 'string' && type !== '' ? choosePlugin(this.#context, written, type, path) : undefined
    if (choice === undefined) {
      // What the platform knows of it can be checked nevertheless: all faults at once.
      for (const fault of checkStructure(role.structure, written)) problems.addFault(path, fault)
      return undefined
    }
    const { resolved } = choice
    if (resolved.kind !== kind) {
      problems.add([...path, 'type'], {
        code: 'FLOW_PLUGIN_KIND_WRONG',
        message: `${resolved.type} is a ${resolved.kind}; here stands a ${kind}.`,
        hint: `Choose a type of the kind ${kind}.`,
      })
      return undefined
    }
    warnOfNames(this.#context, choice, path)
    this.#lock[formatPath(path)] = lockEntry(choice)

    const target = {
      names: catalog.namesOf(resolved.type),
      manifest: resolved.manifest,
      propertyNames: resolved.propertyNames,
      nestedPlugins: [],
      coreProperties: role.coreNames,
    }
    const merged = mergeDefaults(written, target, toLevels(defaults))
    const plugin = { resolved, merged, path }
    for (const fault of checkStructure(role.structure, merged)) {
      reportMergedFault(this.#context, plugin, fault.path, fault)
    }
    for (const fault of resolved.checkWritten(withoutNames(merged, role.coreNames))) {
      reportPropertyFault(this.#context, plugin, fault)
    }
    return this.#mergeNested(plugin, [...role.places, ...resolved.nestedPlugins])
  }

  /** Plugins within plugins: task runners, conditions and their like, each with a version and defaults of its own. */
  #mergeNested(
    outer: { readonly resolved: ResolvedType; readonly merged: JsonObject; readonly path: PropertyPath },
    places: ResolvedType['nestedPlugins'],
  ): MergedPlugin {
    let { merged } = outer
    const schemas = new Map<JsonValue, JsonSchema>()
    for (const found of findNestedPlugins(places, outer.merged)) {
      const path = [...outer.path, ...found.path]
      if (found.kind === 'task') {
        if (isFlowable(outer.resolved)) continue
        this.#context.problems.add(path, {
          severity: NESTED_TASKS.severity,
          code: 'FLOW_FEATURE_UNSUPPORTED',
          message: `${outer.resolved.type} holds tasks of its own, which no plugin can run.`,
          hint: NESTED_TASKS.hint,
        })
        continue
      }
      const inner = this.#merge(found.written, path, found.kind, ROLES.nested)
      if (inner === undefined) continue
      merged = replaceAt(merged, found.path, inner.merged)
      schemas.set(inner.merged, inner.resolved.manifest.properties)
      for (const [value, schema] of inner.schemas) schemas.set(value, schema)
    }
    return { resolved: outer.resolved, merged, schemas }
  }

  /** @returns where expressions stay unrendered */
  #checkTexts(
    { resolved, schemas }: MergedPlugin,
    own: JsonObject,
    path: PropertyPath,
  ): readonly PropertyPath[] {
    const { problems } = this.#context
    const unrendered = findUnrendered(own, resolved.manifest.properties, schemas)
    for (const below of unrendered) {
      problems.add([...path, ...below], {
        severity: 'warning',
        code: 'FLOW_EXPRESSION_UNRENDERED',
        message: `\`${formatPath(below)}\` of ${resolved.type} takes no expression: the text stays as it is.`,
        hint: 'Write the value itself.',
      })
    }
    const skipped = new Set(unrendered.map((below) => formatPath([...path, ...below])))
    checkTemplates(this.#context, own, path, skipped)
    return unrendered
  }

  #isWithinLimit(path: PropertyPath): boolean {
    this.#count += 1
    if (this.#count === MAX_PLUGINS + 1) {
      this.#context.problems.add(path, {
        code: 'FLOW_YAML_TOO_LARGE',
        message: `The flow has more than ${MAX_PLUGINS} tasks, triggers and other plugins.`,
        hint: 'Split the flow into subflows.',
      })
    }
    return this.#count <= MAX_PLUGINS
  }
}

/** Whether the engine executes a type, and with it the tasks within. */
function isFlowable({ manifest }: ResolvedType): boolean {
  return manifest.executedBy === 'engine'
}

function taskPlacesOf({ nestedPlugins }: ResolvedType): ResolvedType['nestedPlugins'] {
  return nestedPlugins.filter(({ kind }) => kind === 'task')
}

function lockEntry({ resolved, request, decidedBy }: VersionChoice): LockEntry {
  const { type, packageName, version, integrity } = resolved
  return { type, packageName, version, integrity, request, decidedBy }
}

function withoutNames(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name)))
}

function namesOf(properties: Readonly<Record<string, JsonSchema>>): ReadonlySet<string> {
  return new Set(Object.keys(properties))
}
