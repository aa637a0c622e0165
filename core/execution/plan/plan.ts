import type { RetryPolicy } from '../../flow/index.ts'
import type { PluginUse } from '../model.ts'

/** The parts of a task on which the course of an execution depends. */
export interface PlanTask {
  readonly taskId: string
  readonly disabled: boolean
  readonly allowFailure: boolean
  readonly allowWarning: boolean
  readonly retry?: RetryPolicy
  /** Present if the engine itself executes the task: it decides which tasks within it run. */
  readonly flowable?: Flowable
}

/** What a flowable does with the tasks within it. Every list is without disabled tasks. */
export type Flowable = {
  readonly plugin: PluginUse
  /** Whether an expression decides, before it starts, what it does or whether it runs at all. */
  readonly isEvaluated: boolean
  /** Run when a task within it, at any depth, has failed. */
  readonly errors: Sequence
  /** Run at its end in any case. */
  readonly finally: Sequence
} & (
  | { readonly kind: 'sequential'; readonly tasks: Sequence; readonly allowsFailure: boolean }
  | { readonly kind: 'parallel'; readonly tasks: Sequence; readonly limit: number }
  | { readonly kind: 'dag'; readonly nodes: readonly DagNode[]; readonly limit: number }
  | { readonly kind: 'if'; readonly whenTrue: Sequence; readonly whenFalse: Sequence }
  | {
      readonly kind: 'switch'
      readonly cases: ReadonlyMap<string, Sequence>
      readonly defaults: Sequence
    }
  /** `isParallel`: the tasks of one iteration run side by side as well. */
  | {
      readonly kind: 'forEach'
      readonly tasks: Sequence
      readonly limit: number
      readonly isParallel: boolean
    }
  | { readonly kind: 'loopUntil'; readonly tasks: Sequence }
)

/** Tasks that run one after the other; the first failure ends them. */
export type Sequence = readonly PlanTask[]

/** `dependsOn` and `dependents` are positions in the list of nodes. */
export interface DagNode {
  readonly task: PlanTask
  readonly dependsOn: readonly number[]
  readonly dependents: readonly number[]
}

export const PHASES = ['tasks', 'errors', 'finally', 'afterExecution'] as const
export type Phase = (typeof PHASES)[number]

/**
 * Where a task stands. All that runs within a parent runs in lanes: sequences side by side. A Sequential has one lane,
 * a Parallel one for each task, a ForEach one for each value.
 */
export interface Place {
  readonly task: PlanTask
  /** The flowable that it stands in; absent at the top of the flow. */
  readonly parent?: PlanTask
  readonly phase: Phase
  /** The lane that it is part of. */
  readonly sequence: Sequence
  /** Within the lane. */
  readonly index: number
  /** Which lane; in a loop the first of its kind, as there is one for each iteration. */
  readonly lane: number
}

/** All that the reducer knows of a flow revision: no property, no template, no code. */
export interface Plan {
  readonly sequences: Readonly<Record<Phase, Sequence>>
  readonly places: ReadonlyMap<string, Place>
  readonly hasOutputs: boolean
}

export function createPlan(given: Partial<Readonly<Record<Phase, Sequence>>>, hasOutputs = false): Plan {
  const places = new Map<string, Place>()
  const sequences = {
    tasks: enabled(given.tasks ?? []),
    errors: enabled(given.errors ?? []),
    finally: enabled(given.finally ?? []),
    afterExecution: enabled(given.afterExecution ?? []),
  }
  for (const phase of PHASES) placeSequence(places, sequences[phase], phase, 0)
  return { sequences, places, hasOutputs }
}

/** For an execution whose flow cannot run any more. */
export const EMPTY_PLAN: Plan = createPlan({})

/** Disabled tasks leave no trace in an execution. */
export function enabled(tasks: Sequence): Sequence {
  return tasks.some((task) => task.disabled) ? tasks.filter((task) => !task.disabled) : tasks
}

function placeSequence(
  places: Map<string, Place>,
  sequence: Sequence,
  phase: Phase,
  lane: number,
  parent?: PlanTask,
): void {
  for (const [index, task] of sequence.entries()) {
    places.set(task.taskId, { task, ...(parent ? { parent } : {}), phase, sequence, index, lane })
    if (task.flowable) placeChildren(places, task, task.flowable)
  }
}

function placeChildren(places: Map<string, Place>, parent: PlanTask, flowable: Flowable): void {
  const lanes = lanesIn(flowable)
  for (const [lane, sequence] of lanes.entries()) placeSequence(places, sequence, 'tasks', lane, parent)
  placeSequence(places, flowable.errors, 'errors', 0, parent)
  placeSequence(places, flowable.finally, 'finally', 0, parent)
}

/** Every sequence that a flowable may run, each task once. */
function lanesIn(flowable: Flowable): readonly Sequence[] {
  switch (flowable.kind) {
    case 'sequential':
    case 'loopUntil':
      return [flowable.tasks]
    case 'parallel':
      return flowable.tasks.map((task) => [task])
    case 'dag':
      return flowable.nodes.map(({ task }) => [task])
    case 'if':
      return [flowable.whenTrue, flowable.whenFalse]
    case 'switch':
      return [...flowable.cases.values(), flowable.defaults]
    case 'forEach':
      return flowable.isParallel ? flowable.tasks.map((task) => [task]) : [flowable.tasks]
    default:
      return flowable satisfies never
  }
}
