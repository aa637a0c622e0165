import type { Draft } from '../draft.ts'
import type { LoopCheck } from '../events.ts'
import type { TaskRunRecord } from '../model.ts'
import type { Flowable } from '../plan/plan.ts'
import { startTask } from './start-task.ts'

type Loop = Extract<Flowable, { kind: 'loopUntil' }>

/**
 * Whether a loop is between two iterations: the last has ended well, and its condition is being rendered or the next one
 * is not due yet.
 */
export function isBetweenIterations(draft: Draft, taskRun: TaskRunRecord): boolean {
  const loop = loopOf(draft, taskRun)
  const { started, active, hasFailed } = draft.progressOf(taskRun.taskRunId)
  return (
    loop !== undefined &&
    taskRun.state === 'RUNNING' &&
    started > 0 &&
    active === 0 &&
    !hasFailed &&
    !isGivenUp(taskRun)
  )
}

/** Starts the next iteration, and says which it is in the outputs: from 1 on, as `outputs.<loop>.iterationCount`. */
export function startIteration(draft: Draft, taskRun: TaskRunRecord, newId: () => string): void {
  const [first] = loopOf(draft, taskRun)?.tasks ?? []
  if (first === undefined) return
  const { taskRunId } = taskRun
  const { started } = draft.progressOf(taskRunId)
  draft.patchTaskRun(taskRun, { outputs: { iterationCount: started + 1 } })
  startTask(draft, first, { parentTaskRunId: taskRunId, iteration: started }, newId)
}

/**
 * Decides what follows an iteration.
 *
 * @returns whether the loop is over; if not, it was told when to go on
 */
export function checkLoop(draft: Draft, taskRun: TaskRunRecord, check: LoopCheck): boolean {
  if (check.isMet) return true
  const { started } = draft.progressOf(taskRun.taskRunId)
  const startedAtMs = taskRun.histories.find(({ state }) => state === 'RUNNING')?.atMs ?? taskRun.createdAtMs
  const isAtMost =
    (check.maxIterations !== undefined && started >= check.maxIterations) ||
    (check.maxDurationMs !== undefined && draft.atMs - startedAtMs >= check.maxDurationMs)
  if (!isAtMost) {
    const dueAtMs = Math.max(draft.atMs, iterationEndMs(draft, taskRun) + check.intervalMs)
    draft.effects.push({ type: 'wake', taskRunId: taskRun.taskRunId, dueAtMs })
    return false
  }
  if (check.failOnMaxReached) giveUp(draft, taskRun, started)
  return true
}

/** The loop has failed although nothing within it has: the attempt that says so is what a restart finds. */
function giveUp(draft: Draft, taskRun: TaskRunRecord, iterations: number): void {
  const { atMs } = draft
  const error = {
    code: 'TASK_LOOP_UNMET',
    message: `The condition did not hold after ${iterations} iterations.`,
  }
  const attempt = { attempt: 0, attemptId: taskRun.taskRunId, state: 'FAILED', startedAtMs: atMs } as const
  draft.patchTaskRun(taskRun, { attempts: [{ ...attempt, endedAtMs: atMs, error }] })
}

export function isGivenUp({ attempts }: TaskRunRecord): boolean {
  return attempts.at(-1)?.state === 'FAILED'
}

/** Taken from the rows, so that a crash does not make the wait start anew. */
function iterationEndMs(draft: Draft, taskRun: TaskRunRecord): number {
  const last = loopOf(draft, taskRun)?.tasks.at(-1)
  return (last && draft.childOf(taskRun.taskRunId, last.taskId)?.endedAtMs) ?? draft.atMs
}

function loopOf(draft: Draft, { taskId }: TaskRunRecord): Loop | undefined {
  const flowable = draft.plan.places.get(taskId)?.task.flowable
  return flowable?.kind === 'loopUntil' ? flowable : undefined
}
