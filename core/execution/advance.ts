import type { Draft } from './draft.ts'
import type { LoopCheck } from './events.ts'
import { endFlowable } from './flowable/end-flowable.ts'
import { startLanes } from './flowable/lanes.ts'
import { checkLoop, isBetweenIterations } from './flowable/repeat.ts'
import { startTask } from './flowable/start-task.ts'
import type { State, TaskRunRecord } from './model.ts'
import { TERMINAL_STATES } from './model.ts'
import type { Phase, Sequence } from './plan/plan.ts'
import { isFailure } from './progress.ts'

/**
 * Takes an execution as far as it goes: whatever ended is followed by what comes after it, until all that is due was
 * started. It looks at what ended and at its parent's progress only, never at children that ended before: the cost of an
 * event does not depend on how many task runs there are.
 */
export function advance(draft: Draft, newId: () => string): void {
  const { state, isSettled } = draft.execution
  if (isSettled) return
  if (state === 'KILLING') {
    if (draft.openAttempts > 0) return
    for (const taskRun of draft.unfinished()) draft.moveTaskRun(taskRun, 'KILLED')
    end(draft, 'KILLED', newId)
  } else if (state === 'CREATED' || state === 'RESTARTED') {
    draft.moveExecution('RUNNING')
    begin(draft, undefined, 'tasks', newId)
  }
  for (const taskRun of draft.takeDue()) {
    if (TERMINAL_STATES.has(taskRun.state)) follow(draft, taskRun, newId)
    else continueTasks(draft, taskRun, newId)
  }
}

/** Goes on after the end of a task run: with its sequence, or with its parent. */
function follow(draft: Draft, ended: TaskRunRecord, newId: () => string): void {
  const place = draft.plan.places.get(ended.taskId)
  const parent = parentOf(draft, ended)
  if (place === undefined || (parent && parent.state !== 'RUNNING')) return
  // What was killed before the end of the execution is followed by nothing; what runs after the end is.
  if (TERMINAL_STATES.has(draft.execution.state) && !isAfterExecution(draft, ended)) return
  const next = isFailure(ended.state) ? undefined : place.sequence[place.index + 1]
  if (next) startTask(draft, next, ended, newId)
  else if (place.phase === 'tasks') continueTasks(draft, parent, newId, ended)
  else begin(draft, parent, PHASE_AFTER[place.phase], newId)
}

const PHASE_AFTER = { errors: 'finally', finally: 'end', afterExecution: 'settled' } as const

/** Starts what is due of a parent's main tasks, or goes on to what comes after them. @param ended - one of them */
function continueTasks(
  draft: Draft,
  parent: TaskRunRecord | undefined,
  newId: () => string,
  ended?: TaskRunRecord,
): void {
  if (parent) startLanes(draft, parent, newId, ended)
  const { active, hasFailed } = draft.progressOf(parent?.taskRunId)
  if (active > 0) return
  if (parent && isBetweenIterations(draft, parent))
    draft.effects.push({ type: 'evaluate', taskRunId: parent.taskRunId })
  else begin(draft, parent, hasFailed ? 'errors' : 'finally', newId)
}

/** The condition of a loop was rendered: its last phases begin, or it waits for the next iteration. */
export function followIteration(
  draft: Draft,
  taskRun: TaskRunRecord,
  check: LoopCheck,
  newId: () => string,
): void {
  if (!isBetweenIterations(draft, taskRun)) return
  if (checkLoop(draft, taskRun, check)) begin(draft, draft.taskRun(taskRun.taskRunId), 'finally', newId)
}

/** Starts a phase of a parent, or the first one after it that has anything to do. */
function begin(
  draft: Draft,
  parent: TaskRunRecord | undefined,
  phase: Phase | 'end' | 'settled',
  newId: () => string,
): void {
  switch (phase) {
    case 'tasks':
    case 'errors':
    case 'finally':
    case 'afterExecution': {
      const [first] = sequenceOf(draft, parent, phase)
      if (first) startTask(draft, first, childrenOf(parent), newId)
      else begin(draft, parent, NEXT_PHASE[phase], newId)
      return
    }
    case 'end':
      if (parent) endFlowable(draft, parent)
      else conclude(draft, newId)
      return
    case 'settled':
      draft.patchExecution({ isSettled: true })
      draft.effects.push({ type: 'settled' })
      return
    default:
      return phase satisfies never
  }
}

/** After a phase in which there was nothing to do. */
const NEXT_PHASE = { ...PHASE_AFTER, tasks: 'finally' } as const

/** The main tasks of the flow, or one of the other phases of a parent. */
function sequenceOf(draft: Draft, parent: TaskRunRecord | undefined, phase: Phase): Sequence {
  if (parent === undefined) return draft.plan.sequences[phase]
  const flowable = draft.plan.places.get(parent.taskId)?.task.flowable
  return flowable && (phase === 'errors' || phase === 'finally') ? flowable[phase] : []
}

/** All phases of the execution are over, but the one after its end. */
function conclude(draft: Draft, newId: () => string): void {
  const { outputs, error } = draft.execution
  const { hasFailed, hasWarned } = draft.progressOf(undefined)
  if (hasFailed || error !== undefined) end(draft, 'FAILED', newId)
  else if (draft.plan.hasOutputs && outputs === undefined) draft.effects.push({ type: 'renderOutputs' })
  else end(draft, hasWarned ? 'WARNING' : 'SUCCESS', newId)
}

/** Goes on with the end of an execution in which nothing runs: its outputs were rendered, or a crash came before. */
export function resumeConclusion(draft: Draft, newId: () => string): void {
  if (draft.execution.state === 'RUNNING') conclude(draft, newId)
  else if (TERMINAL_STATES.has(draft.execution.state)) begin(draft, undefined, 'settled', newId)
}

function end(draft: Draft, state: State, newId: () => string): void {
  draft.moveExecution(state)
  draft.effects.push({ type: 'ended', state })
  begin(draft, undefined, 'afterExecution', newId)
}

function parentOf(draft: Draft, { parentTaskRunId }: TaskRunRecord): TaskRunRecord | undefined {
  return parentTaskRunId === undefined ? undefined : draft.taskRun(parentTaskRunId)
}

function isAfterExecution(draft: Draft, taskRun: TaskRunRecord): boolean {
  let top = taskRun
  for (let parent = parentOf(draft, top); parent; parent = parentOf(draft, top)) top = parent
  return draft.plan.places.get(top.taskId)?.phase === 'afterExecution'
}

function childrenOf(parent: TaskRunRecord | undefined): { readonly parentTaskRunId?: string } {
  return parent === undefined ? {} : { parentTaskRunId: parent.taskRunId }
}
