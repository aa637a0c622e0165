import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import type { CompiledFlow, CompiledTask, FlowableTask } from '../../flow/index.ts'
import type { EngineType } from '../../plugin/index.ts'
import {
  createPlan,
  type DagNode,
  enabled,
  type Flowable,
  type Plan,
  type PlanTask,
  type Sequence,
} from './plan.ts'

const plans = new WeakMap<CompiledFlow, Plan>()

/** What the reducer knows of a flow. Made once for each compiled flow. */
export function planOf(flow: CompiledFlow): Plan {
  const known = plans.get(flow)
  if (known) return known
  const plan = createPlan(
    {
      tasks: flow.tasks.map(planTask),
      errors: flow.errors.map(planTask),
      finally: flow.finally.map(planTask),
      afterExecution: flow.afterExecution.map(planTask),
    },
    flow.outputs.length > 0,
  )
  plans.set(flow, plan)
  return plan
}

function planTask(task: CompiledTask): PlanTask {
  return {
    taskId: task.taskId,
    disabled: task.disabled,
    allowFailure: task.allowFailure,
    allowWarning: task.allowWarning,
    ...(task.retry === undefined ? {} : { retry: task.retry }),
    ...(task.flowable === undefined ? {} : { flowable: planFlowable(task, task.flowable) }),
  }
}

function planFlowable(task: CompiledTask, flowable: FlowableTask): Flowable {
  const { packageName, version, integrity } = task.plugin
  const shape = SHAPES[flowable.type](flowable)
  return {
    plugin: { packageName, version, integrity },
    isEvaluated: task.runIf !== undefined || DECIDES[shape.kind],
    errors: sequenceAt(flowable, 'errors'),
    finally: sequenceAt(flowable, 'finally'),
    ...shape,
  }
}

/** Which flowables start by rendering an expression. */
const DECIDES = {
  sequential: false,
  parallel: false,
  dag: false,
  if: true,
  switch: true,
  forEach: true,
  // Its condition is for the end of each iteration.
  loopUntil: false,
} as const satisfies Record<Flowable['kind'], boolean>

type Common = 'plugin' | 'isEvaluated' | 'errors' | 'finally'
type Shape = Flowable extends infer Each ? (Each extends Flowable ? Omit<Each, Common> : never) : never

/** How each type that the engine executes runs the tasks within it. */
const SHAPES: Readonly<Record<EngineType, (flowable: FlowableTask) => Shape>> = {
  'io.kestra.plugin.core.flow.Sequential': (flowable) => sequential(flowable, false),
  'io.kestra.plugin.core.flow.AllowFailure': (flowable) => sequential(flowable, true),
  'io.kestra.plugin.core.flow.Parallel': (flowable) => ({
    kind: 'parallel',
    tasks: sequenceAt(flowable, 'tasks'),
    limit: count(flowable.properties, 'concurrent', 0),
  }),
  'io.kestra.plugin.core.flow.Dag': planDag,
  'io.kestra.plugin.core.flow.If': (flowable) => ({
    kind: 'if',
    whenTrue: sequenceAt(flowable, 'then'),
    whenFalse: sequenceAt(flowable, 'else'),
  }),
  'io.kestra.plugin.core.flow.Switch': planSwitch,
  'io.kestra.plugin.core.flow.ForEach': (flowable) =>
    loop(flowable, count(flowable.properties, 'concurrencyLimit', 1), false),
  'io.kestra.plugin.core.flow.LoopUntil': (flowable) => ({
    kind: 'loopUntil',
    tasks: sequenceAt(flowable, 'tasks'),
  }),
  'io.kestra.plugin.core.flow.EachSequential': (flowable) => loop(flowable, 1, false),
  'io.kestra.plugin.core.flow.EachParallel': (flowable) =>
    loop(flowable, count(flowable.properties, 'concurrent', 0), true),
}

function sequential(flowable: FlowableTask, allowsFailure: boolean): Shape {
  return { kind: 'sequential', tasks: sequenceAt(flowable, 'tasks'), allowsFailure }
}

function loop(flowable: FlowableTask, limit: number, isParallel: boolean): Shape {
  return { kind: 'forEach', tasks: sequenceAt(flowable, 'tasks'), limit, isParallel }
}

function planSwitch(flowable: FlowableTask): Shape {
  const { cases } = flowable.properties
  const names = typeof cases === 'object' && cases !== null ? Object.keys(cases) : []
  return {
    kind: 'switch',
    cases: new Map(names.map((name) => [name, sequenceAt(flowable, 'cases', name)])),
    defaults: sequenceAt(flowable, 'defaults'),
  }
}

function planDag(flowable: FlowableTask): Shape {
  const { tasks: written } = flowable.properties
  const entries = flowable.nested
    .filter(({ path }) => path[0] === 'tasks')
    .map(({ path, task }) => ({ task: planTask(task), names: dependenciesOf(written, path[1]) }))
    .filter(({ task }) => !task.disabled)
  const positions = new Map(entries.map(({ task }, position) => [task.taskId, position]))
  const dependsOn = entries.map(({ names }) => names.flatMap((name) => positions.get(name) ?? []))
  const dependents = entries.map((): number[] => [])
  for (const [position, before] of dependsOn.entries()) {
    for (const other of before) dependents[other]?.push(position)
  }
  const nodes = entries.map(
    ({ task }, position): DagNode => ({
      task,
      dependsOn: dependsOn[position] ?? [],
      dependents: dependents[position] ?? [],
    }),
  )
  return { kind: 'dag', nodes, limit: count(flowable.properties, 'concurrent', 0) }
}

function dependenciesOf(written: unknown, position: string | number | undefined): readonly string[] {
  const entry: unknown =
    Array.isArray(written) && typeof position === 'number' ? written[position] : undefined
  const names: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'dependsOn') : []
  return Array.isArray(names) ? names.map(String) : []
}

/** The tasks that stand in a list below a flowable, in order. */
function sequenceAt({ nested }: FlowableTask, ...place: readonly string[]): Sequence {
  const tasks = nested
    .filter(({ path }) => path.length === place.length + 1 && place.every((step, at) => path[at] === step))
    .map(({ task }) => planTask(task))
  return enabled(tasks)
}

/** A whole number that the schema has checked already; texts are taken as the schema takes them. */
function count(properties: JsonObject, name: string, otherwise: number): number {
  const value = Number(properties[name] ?? otherwise)
  return Number.isSafeInteger(value) && value >= 0 ? value : otherwise
}
