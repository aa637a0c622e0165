import type { State, TaskRunRecord } from './model.ts'
import type { Place } from './plan/plan.ts'

/**
 * How far a parent (a flowable's task run, or the execution itself) came with the tasks within it. Numbers only, kept
 * up to date child by child, so that no child that has ended is ever looked at again; rebuilt from the rows at any time.
 */
export interface Progress {
  /** Lanes of its main tasks that were started. */
  readonly started: number
  /** Lanes of any phase that have not ended. */
  readonly active: number
  readonly hasFailed: boolean
  readonly hasWarned: boolean
}

export const NO_PROGRESS: Progress = { started: 0, active: 0, hasFailed: false, hasWarned: false }

/** A task run that did not do what it was there for: nothing after it in its sequence runs. */
export function isFailure(state: State): boolean {
  return state === 'FAILED' || state === 'KILLED'
}

/** @returns how far the parent is once this child has been created */
export function afterCreation(progress: Progress, place: Place): Progress {
  if (place.index > 0) return progress
  const started = progress.started + (place.phase === 'tasks' ? 1 : 0)
  return { ...progress, started, active: progress.active + 1 }
}

/** @returns how far the parent is once this child has ended */
export function afterEnd(progress: Progress, place: Place, { state }: TaskRunRecord): Progress {
  const failed = isFailure(state)
  const isLaneOver = failed || place.index === place.sequence.length - 1
  // What runs after the end of the execution cannot change how it ended.
  const counts = place.phase !== 'afterExecution'
  return {
    started: progress.started,
    active: progress.active - (isLaneOver ? 1 : 0),
    hasFailed: progress.hasFailed || (counts && failed),
    hasWarned: progress.hasWarned || (counts && state === 'WARNING'),
  }
}
