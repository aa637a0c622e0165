import type { ChildOf, Draft } from '../draft.ts'
import type { TaskRunRecord } from '../model.ts'
import { TERMINAL_STATES } from '../model.ts'
import type { DagNode, Flowable, Sequence } from '../plan/plan.ts'
import { isFailure } from '../progress.ts'
import { startIteration } from './repeat.ts'
import { startTask } from './start-task.ts'

/** The lanes of one flowable's task run, without a list of them: a loop may have very many. */
interface Lanes {
  readonly count: number
  /** How many may be active at once; 0 means all. */
  readonly limit: number
  at(lane: number): { readonly sequence: Sequence; readonly child: ChildOf }
}

/**
 * Starts as many lanes of a flowable as may be active. Once one has failed no more are started; those that are active go
 * on to their end.
 *
 * @param ended - the last task run of the lane that has just ended, if one has
 */
export function startLanes(
  draft: Draft,
  parent: TaskRunRecord,
  newId: () => string,
  ended?: TaskRunRecord,
): void {
  const flowable = draft.plan.places.get(parent.taskId)?.task.flowable
  if (flowable === undefined) return
  if (flowable.kind === 'loopUntil') {
    // Only the first: what comes after an iteration is for its condition to say.
    if (draft.progressOf(parent.taskRunId).started === 0) startIteration(draft, parent, newId)
    return
  }
  if (flowable.kind === 'dag') return startNodes(draft, parent, flowable, newId, ended)
  const lanes = lanesOf(flowable, parent)
  for (;;) {
    const { started, active, hasFailed } = draft.progressOf(parent.taskRunId)
    if (hasFailed || started >= lanes.count || (lanes.limit > 0 && active >= lanes.limit)) return
    const { sequence, child } = lanes.at(started)
    startTask(draft, sequence[0]!, child, newId)
  }
}

function lanesOf(flowable: Exclude<Flowable, { kind: 'dag' | 'loopUntil' }>, parent: TaskRunRecord): Lanes {
  const child = { parentTaskRunId: parent.taskRunId }
  switch (flowable.kind) {
    case 'sequential':
      return oneLane(flowable.tasks, child)
    case 'if':
      return oneLane(
        outputOf(parent, 'evaluationResult') === true ? flowable.whenTrue : flowable.whenFalse,
        child,
      )
    case 'switch':
      return oneLane(flowable.cases.get(String(outputOf(parent, 'value'))) ?? flowable.defaults, child)
    case 'parallel':
      return {
        count: flowable.tasks.length,
        limit: flowable.limit,
        at: (lane) => ({ sequence: flowable.tasks.slice(lane, lane + 1), child }),
      }
    case 'forEach':
      return loopLanes(flowable, parent)
    default:
      return flowable satisfies never
  }
}

function oneLane(sequence: Sequence, child: ChildOf): Lanes {
  return { count: sequence.length === 0 ? 0 : 1, limit: 0, at: () => ({ sequence, child }) }
}

function loopLanes(flowable: Extract<Flowable, { kind: 'forEach' }>, parent: TaskRunRecord): Lanes {
  const { tasks, limit, isParallel } = flowable
  const values = outputOf(parent, 'values')
  const texts = Array.isArray(values) ? values : []
  // Side by side, each task of an iteration is a lane of its own.
  const width = isParallel ? tasks.length : 1
  return {
    count: tasks.length === 0 ? 0 : texts.length * width,
    limit,
    at: (lane) => {
      const iteration = Math.floor(lane / width)
      const child = { parentTaskRunId: parent.taskRunId, value: String(texts[iteration]), iteration }
      return { sequence: isParallel ? tasks.slice(lane % width, (lane % width) + 1) : tasks, child }
    },
  }
}

/** Each node starts as soon as all that it depends on have ended well. */
function startNodes(
  draft: Draft,
  parent: TaskRunRecord,
  { nodes, limit }: Extract<Flowable, { kind: 'dag' }>,
  newId: () => string,
  ended?: TaskRunRecord,
): void {
  const lane = ended && draft.plan.places.get(ended.taskId)?.lane
  // Without a limit nothing waits but for what it depends on. Several may have ended at once: when none is left to say
  // what depends on it, all are looked at.
  const isOneOfMany = limit === 0 && draft.progressOf(parent.taskRunId).active > 0
  const dependents = isOneOfMany && lane !== undefined ? nodes[lane]?.dependents : undefined
  for (const node of dependents?.map((position) => nodes[position]!) ?? nodes) {
    const { active, hasFailed } = draft.progressOf(parent.taskRunId)
    if (hasFailed || (limit > 0 && active >= limit)) return
    if (isReady(draft, parent, nodes, node))
      startTask(draft, node.task, { parentTaskRunId: parent.taskRunId }, newId)
  }
}

function isReady(draft: Draft, parent: TaskRunRecord, nodes: readonly DagNode[], node: DagNode): boolean {
  if (draft.childOf(parent.taskRunId, node.task.taskId)) return false
  return node.dependsOn.every((position) => {
    const before = draft.childOf(parent.taskRunId, nodes[position]!.task.taskId)
    return before !== undefined && TERMINAL_STATES.has(before.state) && !isFailure(before.state)
  })
}

function outputOf({ outputs }: TaskRunRecord, name: string): unknown {
  return typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs)
    ? Reflect.get(outputs, name)
    : undefined
}
