import type { Draft } from '../draft.ts'
import type { State, TaskRunRecord } from '../model.ts'
import type { PlanTask } from '../plan/plan.ts'
import { isGivenUp } from './repeat.ts'

/** All that a flowable had to do is done: it ends as the worst of its children did, as far as it allows. */
export function endFlowable(draft: Draft, taskRun: TaskRunRecord): void {
  const task = draft.plan.places.get(taskRun.taskId)?.task
  if (task === undefined) return
  const { hasFailed, hasWarned } = draft.progressOf(taskRun.taskRunId)
  const isFailed = hasFailed || isGivenUp(taskRun)
  draft.moveTaskRun(taskRun, isFailed ? failureOf(task) : hasWarned ? warningOf(task) : 'SUCCESS')
}

/** How a task ends that has failed. */
export function failureOf(task: PlanTask): State {
  const isAllowed = task.allowFailure || (task.flowable?.kind === 'sequential' && task.flowable.allowsFailure)
  return isAllowed ? warningOf(task) : 'FAILED'
}

/** How a task ends that has a warning. */
export function warningOf(task: PlanTask): State {
  return task.allowWarning ? 'SUCCESS' : 'WARNING'
}
