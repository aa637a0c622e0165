import { advance, followIteration, resumeConclusion } from './advance.ts'
import { Draft, withLastAttempt } from './draft.ts'
import type { AttemptOutcome, ExecutionEvent } from './events.ts'
import type { ExecutionView } from './execution-state.ts'
import { decide } from './flowable/decide.ts'
import { failureOf, warningOf } from './flowable/end-flowable.ts'
import { isBetweenIterations, startIteration } from './flowable/repeat.ts'
import { submit } from './flowable/start-task.ts'
import { MAX_RESUBMISSIONS } from './limits.ts'
import type { State, TaskRunRecord } from './model.ts'
import { TERMINAL_STATES } from './model.ts'
import type { Reduction } from './reduction.ts'
import { retryDelayMs } from './retry.ts'

/**
 * Decides what an event means. Deterministic: no clock, no dice, no I/O; time comes with the event and ids from `newId`.
 * An event that is late, repeated or fenced off (its attempt is not the task run's latest) changes nothing.
 */
export function reduce(view: ExecutionView, event: ExecutionEvent, newId: () => string): Reduction {
  const draft = new Draft(view, event.atMs)
  if (!draft.execution.isSettled) {
    apply(draft, event, newId)
    advance(draft, newId)
  }
  return draft.changes()
}

function apply(draft: Draft, event: ExecutionEvent, newId: () => string): void {
  switch (event.type) {
    case 'advance':
      return
    case 'recover':
      return recover(draft, event.atMs, event.random, newId)
    case 'attemptStarted': {
      const taskRun = fenced(draft, event.taskRunId, event.attemptId)
      if (taskRun?.state !== 'SUBMITTED' && taskRun?.state !== 'RESUBMITTED') return
      draft.moveTaskRun(taskRun, 'RUNNING', {
        plugin: event.plugin,
        attempts: withLastAttempt(taskRun, { state: 'RUNNING', startedAtMs: event.atMs }),
      })
      return
    }
    case 'attemptEnded': {
      const taskRun = fenced(draft, event.taskRunId, event.attemptId)
      if (taskRun) endAttempt(draft, taskRun, event.outcome, event.atMs, newId)
      return
    }
    case 'retryDue': {
      const taskRun = draft.taskRun(event.taskRunId)
      if (taskRun?.state === 'RETRYING') submit(draft, taskRun, nextAttempt(taskRun), newId())
      else if (taskRun && isBetweenIterations(draft, taskRun)) startIteration(draft, taskRun, newId)
      return
    }
    case 'outputsRendered': {
      if (draft.execution.state !== 'RUNNING') return
      if ('outputs' in event.result) draft.patchExecution({ outputs: event.result.outputs })
      else draft.patchExecution({ error: event.result.error })
      return resumeConclusion(draft, newId)
    }
    case 'evaluated': {
      const taskRun = draft.taskRun(event.taskRunId)
      if (taskRun === undefined) return
      if (event.decision.type === 'repeat') followIteration(draft, taskRun, event.decision, newId)
      else decide(draft, taskRun, event.decision)
      return
    }
    case 'killRequested':
      return requestKill(draft, event.atMs)
    case 'abandoned':
      return abandon(draft, event)
    default:
      return event satisfies never
  }
}

/** The task run, if the attempt is its latest and still open. */
function fenced(draft: Draft, taskRunId: string, attemptId: string): TaskRunRecord | undefined {
  const taskRun = draft.taskRun(taskRunId)
  const last = taskRun?.attempts.at(-1)
  return last?.attemptId === attemptId && last.endedAtMs === undefined ? taskRun : undefined
}

function endAttempt(
  draft: Draft,
  taskRun: TaskRunRecord,
  outcome: AttemptOutcome,
  atMs: number,
  newId: () => string,
): void {
  const task = draft.plan.places.get(taskRun.taskId)?.task
  const end = (state: State, patch: Partial<TaskRunRecord> = {}, attemptState: State = state) =>
    draft.moveTaskRun(taskRun, state, {
      attempts: withLastAttempt(taskRun, { state: attemptState, endedAtMs: atMs }),
      ...patch,
    })
  switch (outcome.status) {
    case 'SUCCESS': {
      const isRetried = nextAttempt(taskRun) > 1 && task?.retry?.warningOnRetry === true
      end(isRetried && task ? warningOf(task) : 'SUCCESS', { outputs: outcome.outputs }, 'SUCCESS')
      return
    }
    case 'WARNING':
      end(task ? warningOf(task) : 'WARNING', { outputs: outcome.outputs }, 'WARNING')
      return
    case 'SKIPPED':
      if (taskRun.state === 'KILLING') end('KILLED')
      else draft.moveTaskRun(taskRun, 'SKIPPED', { attempts: taskRun.attempts.slice(0, -1) })
      return
    case 'KILLED':
      end('KILLED')
      return
    case 'LOST':
      resubmit(draft, taskRun, atMs, newId, outcome.reason)
      return
    case 'FAILED': {
      const attempts = withLastAttempt(taskRun, { state: 'FAILED', endedAtMs: atMs, error: outcome.error })
      const firstStartMs = taskRun.attempts[0]?.startedAtMs ?? atMs
      const delayMs =
        task?.retry && outcome.retryable && draft.execution.state !== 'KILLING'
          ? retryDelayMs(task.retry, nextAttempt(taskRun), atMs - firstStartMs, outcome.random)
          : undefined
      if (delayMs !== undefined) {
        draft.moveTaskRun(taskRun, 'RETRYING', { attempts })
        draft.effects.push({ type: 'wake', taskRunId: taskRun.taskRunId, dueAtMs: atMs + delayMs })
        return
      }
      draft.moveTaskRun(taskRun, task ? failureOf(task) : 'FAILED', {
        attempts,
        ...(outcome.outputs === undefined ? {} : { outputs: outcome.outputs }),
      })
      return
    }
    default:
      return outcome satisfies never
  }
}

/** The number that the next counted attempt gets, which is how many were made so far. */
function nextAttempt(taskRun: TaskRunRecord): number {
  return (taskRun.attempts.at(-1)?.attempt ?? -1) + 1
}

function resubmit(
  draft: Draft,
  taskRun: TaskRunRecord,
  atMs: number,
  newId: () => string,
  reason: string,
): void {
  const last = taskRun.attempts.at(-1)
  const closed = withLastAttempt(taskRun, {
    state: 'RESUBMITTED',
    endedAtMs: atMs,
    error: { code: 'ATTEMPT_LOST', message: reason },
  })
  if (draft.execution.state === 'KILLING') {
    draft.moveTaskRun(taskRun, 'KILLED', { attempts: closed })
    return
  }
  const resubmissions = taskRun.histories.filter((change) => change.state === 'RESUBMITTED').length
  if (resubmissions >= MAX_RESUBMISSIONS) {
    draft.moveTaskRun(taskRun, 'FAILED', {
      attempts: withLastAttempt(taskRun, {
        state: 'FAILED',
        endedAtMs: atMs,
        error: {
          code: 'ATTEMPT_LOST',
          message: `Given up after ${MAX_RESUBMISSIONS} lost attempts: ${reason}`,
        },
      }),
    })
    return
  }
  const attemptId = newId()
  const attempt = last?.attempt ?? 0
  draft.moveTaskRun(taskRun, 'RESUBMITTED', {
    attempts: [...closed, { attempt, attemptId, state: 'SUBMITTED', startedAtMs: atMs }],
  })
  draft.effects.push({ type: 'submit', taskRunId: taskRun.taskRunId, attemptId, attempt })
}

/** After a crash: what was handed out is handed out again, what waited waits again. */
function recover(draft: Draft, atMs: number, random: number, newId: () => string): void {
  const unfinished = draft.unfinished()
  if (unfinished.length === 0) return resumeConclusion(draft, newId)
  for (const taskRun of unfinished) {
    const last = taskRun.attempts.at(-1)
    if (taskRun.state === 'RETRYING') {
      const retry = draft.plan.places.get(taskRun.taskId)?.task.retry
      const endedAtMs = last?.endedAtMs ?? atMs
      const delayMs = retry ? (retryDelayMs(retry, nextAttempt(taskRun), 0, random) ?? 0) : 0
      draft.effects.push({
        type: 'wake',
        taskRunId: taskRun.taskRunId,
        dueAtMs: Math.max(atMs, endedAtMs + delayMs),
      })
    } else if (last && last.endedAtMs === undefined) {
      resubmit(draft, taskRun, atMs, newId, 'The process that ran it ended.')
    } else if (taskRun.state === 'CREATED' || isBetweenIterations(draft, taskRun)) {
      draft.effects.push({ type: 'evaluate', taskRunId: taskRun.taskRunId })
    }
  }
}

function requestKill(draft: Draft, atMs: number): void {
  const { state } = draft.execution
  if (TERMINAL_STATES.has(state) || state === 'KILLING') return
  draft.moveExecution('KILLING')
  for (const taskRun of draft.unfinished()) killTaskRun(draft, taskRun, atMs)
}

function killTaskRun(draft: Draft, taskRun: TaskRunRecord, atMs: number): void {
  const last = taskRun.attempts.at(-1)
  if (last && last.endedAtMs === undefined) {
    draft.moveTaskRun(taskRun, 'KILLING', { attempts: withLastAttempt(taskRun, { state: 'KILLING' }) })
    draft.effects.push({ type: 'kill', attemptId: last.attemptId })
  } else if (taskRun.state === 'RUNNING') {
    // A flowable: it ends when the last attempt within the execution has ended.
    draft.moveTaskRun(taskRun, 'KILLING')
  } else {
    draft.moveTaskRun(taskRun, 'KILLED', { endedAtMs: atMs })
  }
}

function abandon(draft: Draft, event: Extract<ExecutionEvent, { type: 'abandoned' }>): void {
  if (TERMINAL_STATES.has(draft.execution.state)) {
    draft.patchExecution({ isSettled: true })
    draft.effects.push({ type: 'settled' })
    return
  }
  for (const taskRun of draft.unfinished()) {
    const attempts = withLastAttempt(taskRun, { state: 'KILLED', endedAtMs: event.atMs })
    draft.moveTaskRun(taskRun, 'KILLED', { attempts })
  }
  if (draft.execution.state === 'KILLING') {
    draft.moveExecution('KILLED', { isSettled: true })
  } else {
    draft.moveExecution('FAILED', { error: event.error, isSettled: true })
  }
  draft.effects.push({ type: 'ended', state: draft.execution.state }, { type: 'settled' })
}
