import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import { compileValue } from '../../expression/index.ts'
import type { NamespaceDefaults, PluginDefault } from '../../namespace/index.ts'
import type { CatalogSnapshot } from '../../plugin/index.ts'
import type { FlowLock } from '../lock.ts'
import type { CompiledFlow, FlowOutput, FlowProblem } from '../model.ts'
import type { TaskList } from '../schema/flow-core.ts'
import { describeValue } from '../schema/structure-fault.ts'
import { type ParsedYaml, parseYaml } from '../yaml/parse-yaml.ts'
import { checkFlow } from './check-flow.ts'
import { PluginCompiler } from './compile-plugin.ts'
import { compileTask, compileTrigger } from './compile-task.ts'
import type { CompileContext } from './context.ts'
import { ProblemList } from './problem-list.ts'
import { defaultsIn, isObject, itemsOf, namesIn, readInputs, readLabels } from './read-flow.ts'

export interface CompileOptions {
  readonly tenant: string
  readonly catalog: CatalogSnapshot
  readonly defaults: {
    readonly instance: readonly PluginDefault[]
    /** Those of the flow's namespace and of the ones above it, nearest first. */
    readonly namespaces: readonly NamespaceDefaults[]
  }
  /** `plugins.management.defaultVersion`. */
  readonly instanceVersion: string
  /** Of the revision that the source is, or will be; 0 for one that is not saved. */
  readonly revision?: number
  /** The saved flow that the source must be of. */
  readonly identity?: FlowIdentity
  /** Pins every plugin to the exact version of an earlier compilation, in place of what the source asks for. */
  readonly lock?: FlowLock
}

export interface FlowIdentity {
  readonly namespace: string
  readonly flowId: string
}

/** `flow` is there if and only if no problem is an error. */
export interface CompileResult {
  readonly flow?: CompiledFlow
  /** In the order of the file. */
  readonly problems: readonly FlowProblem[]
}

/** A source that was read; nothing in it is checked yet. */
export interface ParsedFlow {
  readonly source: string
  /** Present if the source is an object. */
  readonly document?: { readonly yaml: ParsedYaml; readonly data: JsonObject }
  /** As written, if they are texts: enough to look up what the flow inherits. */
  readonly namespace?: string
  readonly flowId?: string
  /** What keeps the source from being read. */
  readonly problems: readonly FlowProblem[]
}

/** Reads a source without looking at plugins. Never throws. */
export function parseFlow(source: string): ParsedFlow {
  const { yaml, problems } = parseYaml(source)
  if (yaml === undefined) return { source, problems }
  const { data } = yaml
  if (!isObject(data)) {
    const list = new ProblemList(yaml)
    list.add([], {
      code: 'FLOW_PROPERTY_INVALID',
      message: `${describeValue(data)} is no flow: a flow is an object.`,
      hint: 'Start with id, namespace and tasks.',
    })
    return { source, problems: list.inOrder() }
  }
  const { namespace, id } = data
  return {
    source,
    document: { yaml, data },
    ...(typeof namespace === 'string' ? { namespace } : {}),
    ...(typeof id === 'string' ? { flowId: id } : {}),
    problems,
  }
}

/**
 * Compiles a flow's source: YAML, structure, plugin defaults, versions, properties, expressions. Pure in what it is
 * given, and never throws for what a source holds: everything wrong with it is a problem with a line.
 */
export function compileFlow(source: string, options: CompileOptions): CompileResult {
  return compileParsedFlow(parseFlow(source), options)
}

/** The second half of {@link compileFlow}. */
export function compileParsedFlow(parsed: ParsedFlow, options: CompileOptions): CompileResult {
  if (parsed.document === undefined) return { problems: parsed.problems }
  const { yaml, data } = parsed.document
  const problems = new ProblemList(yaml)
  const { property, entries } = defaultsIn(data)
  const context: CompileContext = {
    yaml,
    problems,
    catalog: options.catalog,
    defaults: { ...options.defaults, flow: entries, flowProperty: property },
    instanceVersion: options.instanceVersion,
    known: namesIn(data),
    taskPaths: new Map(),
    ...(options.lock === undefined ? {} : { lock: options.lock }),
  }
  checkFlow(context, data)
  if (options.identity !== undefined) checkIdentity(context, data, options.identity)
  const parts = compileParts(context, data)
  if (problems.hasErrors) return { problems: problems.inOrder() }
  const flow: CompiledFlow = {
    tenant: options.tenant,
    namespace: String(data['namespace']),
    flowId: String(data['id']),
    revision: options.revision ?? 0,
    ...(typeof data['description'] === 'string' ? { description: data['description'] } : {}),
    labels: readLabels(data['labels']),
    inputs: readInputs(data),
    variables: variablesOf(data),
    ...parts,
    outputs: compileOutputs(data),
    pluginDefaults: entries,
    disabled: data['disabled'] === true,
    source: parsed.source,
  }
  return { flow, problems: problems.inOrder() }
}

/** A flow is its namespace and id: a source that names another is another flow. */
function checkIdentity({ problems }: CompileContext, data: JsonObject, identity: FlowIdentity): void {
  const { namespace, flowId } = identity
  for (const [name, expected] of [
    ['namespace', namespace],
    ['id', flowId],
  ] as const) {
    const written = data[name]
    if (typeof written !== 'string' || written === expected) continue
    problems.add([name], {
      code: 'FLOW_IDENTITY_CHANGED',
      message: `The ${name} of ${namespace}.${flowId} cannot become "${written}".`,
      hint: `Write ${name}: ${expected}, or create a new flow and delete this one.`,
    })
  }
}

type Parts = Pick<CompiledFlow, TaskList | 'triggers' | 'lock'>

function compileParts(context: CompileContext, data: JsonObject): Parts {
  const compiler = new PluginCompiler(context)
  const tasksIn = (list: TaskList) =>
    itemsOf(data, list)
      .map(({ written, index }) => compileTask(context, compiler, written, [list, index]))
      .filter((task) => task !== undefined)
  return {
    tasks: tasksIn('tasks'),
    errors: tasksIn('errors'),
    finally: tasksIn('finally'),
    afterExecution: tasksIn('afterExecution'),
    triggers: itemsOf(data, 'triggers')
      .map(({ written, index }) => compileTrigger(context, compiler, written, ['triggers', index]))
      .filter((trigger) => trigger !== undefined),
    lock: compiler.lock,
  }
}

function variablesOf(data: JsonObject): JsonObject {
  const { variables } = data
  return variables !== undefined && isObject(variables) ? variables : {}
}

function compileOutputs(data: JsonObject): readonly FlowOutput[] {
  return itemsOf(data, 'outputs').map(({ written }) => {
    const { id, type, value, displayName, description } = written
    return {
      id: String(id),
      type: String(type),
      value: compileValue(value),
      ...(typeof displayName === 'string' ? { displayName } : {}),
      ...(typeof description === 'string' ? { description } : {}),
    }
  })
}
