import type { Draft } from './draft.ts'
import type { State, TaskRunRecord } from './model.ts'
import { TERMINAL_STATES } from './model.ts'
import type { Phase } from './plan.ts'

/**
 * Takes an execution as far as its rows allow: starts what is due, ends what is over. It looks at rows only, so it gives
 * the same answer after a crash as before it, and doing it twice changes nothing.
 */
export function advance(draft: Draft, newId: () => string): void {
  const { execution } = draft
  if (execution.isSettled) return
  if (TERMINAL_STATES.has(execution.state)) {
    settle(draft, newId)
    return
  }
  if (execution.state === 'KILLING') {
    if (draft.unfinished().length === 0) end(draft, 'KILLED', newId)
    return
  }
  if (execution.state === 'CREATED' || execution.state === 'RESTARTED') draft.moveExecution('RUNNING')

  const tasks = runSequence(draft, 'tasks', newId)
  if (tasks === 'running') return
  const isFailed = tasks === 'failed'
  if (isFailed && runSequence(draft, 'errors', newId) === 'running') return
  const cleanup = runSequence(draft, 'finally', newId)
  if (cleanup === 'running') return
  if (isFailed || cleanup === 'failed') return end(draft, 'FAILED', newId)

  const { outputs, error } = draft.execution
  if (error !== undefined) return end(draft, 'FAILED', newId)
  if (draft.plan.hasOutputs && outputs === undefined) {
    draft.effects.push({ type: 'renderOutputs' })
    return
  }
  end(draft, draft.hasWarnings ? 'WARNING' : 'SUCCESS', newId)
}

/** Hands a task run to a worker. */
export function submit(
  draft: Draft,
  taskRun: TaskRunRecord,
  attempt: number,
  attemptId: string,
  atMs: number,
): void {
  draft.moveTaskRun(taskRun, 'SUBMITTED', {
    attempts: [...taskRun.attempts, { attempt, attemptId, state: 'SUBMITTED', startedAtMs: atMs }],
  })
  draft.effects.push({ type: 'submit', taskRunId: taskRun.taskRunId, attemptId, attempt })
}

/** One task after the other; the first failure ends the sequence. */
function runSequence(draft: Draft, phase: Phase, newId: () => string): 'running' | 'done' | 'failed' {
  const tasks = draft.plan.sequences[phase]
  for (let index = draft.cursor(phase); index < tasks.length; index++) {
    draft.moveCursor(phase, index)
    const task = tasks[index]!
    if (task.disabled) continue
    const taskRun = draft.taskRunOf(task.taskId)
    if (taskRun === undefined) {
      const created = draft.insertTaskRun(newId(), task.taskId)
      submit(draft, created, 0, newId(), created.createdAtMs)
      return 'running'
    }
    if (!TERMINAL_STATES.has(taskRun.state)) return 'running'
    if (taskRun.state === 'FAILED' || taskRun.state === 'KILLED') return 'failed'
  }
  draft.moveCursor(phase, tasks.length)
  return 'done'
}

function end(draft: Draft, state: State, newId: () => string): void {
  draft.moveExecution(state)
  draft.effects.push({ type: 'ended', state })
  settle(draft, newId)
}

function settle(draft: Draft, newId: () => string): void {
  if (runSequence(draft, 'afterExecution', newId) === 'running') return
  draft.patchExecution({ isSettled: true })
  draft.effects.push({ type: 'settled' })
}
