import type { ChildOf, Draft } from '../draft.ts'
import type { TaskRunRecord } from '../model.ts'
import type { PlanTask } from '../plan/plan.ts'

/** Creates a task run and hands it to whoever executes it. @param child - its parent, and its turn in a loop */
export function startTask(draft: Draft, task: PlanTask, child: ChildOf, newId: () => string): void {
  const created = draft.insertTaskRun(newId(), task.taskId, child)
  if (task.flowable === undefined) submit(draft, created, 0, newId())
  else if (task.flowable.isEvaluated) draft.effects.push({ type: 'evaluate', taskRunId: created.taskRunId })
  else draft.moveTaskRun(created, 'RUNNING', { plugin: task.flowable.plugin })
}

/** Hands a task run to a worker. */
export function submit(draft: Draft, taskRun: TaskRunRecord, attempt: number, attemptId: string): void {
  draft.moveTaskRun(taskRun, 'SUBMITTED', {
    attempts: [...taskRun.attempts, { attempt, attemptId, state: 'SUBMITTED', startedAtMs: draft.atMs }],
  })
  draft.effects.push({ type: 'submit', taskRunId: taskRun.taskRunId, attemptId, attempt })
}
