import type { Draft } from '../draft.ts'
import type { Decision } from '../events.ts'
import type { TaskRunRecord } from '../model.ts'
import { failureOf } from './end-flowable.ts'
import { isBetweenIterations } from './repeat.ts'

/** A flowable that waited for its expressions goes on as they say. An answer that comes twice changes nothing. */
export function decide(draft: Draft, taskRun: TaskRunRecord, decision: Decision): void {
  const task = draft.plan.places.get(taskRun.taskId)?.task
  if (task?.flowable === undefined || decision.type === 'repeat') return
  // A condition within a loop cannot be rendered: the loop ends where it stands.
  const isWaiting =
    taskRun.state === 'CREATED' || (decision.type === 'fail' && isBetweenIterations(draft, taskRun))
  if (!isWaiting) return
  const { plugin } = task.flowable
  switch (decision.type) {
    case 'skip':
      draft.moveTaskRun(taskRun, 'SKIPPED')
      return
    case 'enter': {
      const { outputs } = decision
      draft.moveTaskRun(taskRun, 'RUNNING', { plugin, ...(outputs === undefined ? {} : { outputs }) })
      return
    }
    case 'fail': {
      const { taskRunId } = taskRun
      // It has no attempts, as no worker runs it; this one is there to say what went wrong.
      const startedAtMs = draft.atMs
      const attempt = { attempt: 0, attemptId: taskRunId, state: 'FAILED', startedAtMs } as const
      draft.moveTaskRun(taskRun, failureOf(task), {
        plugin,
        attempts: [{ ...attempt, endedAtMs: draft.atMs, error: decision.error }],
      })
      return
    }
    default:
      return decision satisfies never
  }
}
