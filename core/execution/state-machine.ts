import type { State } from './model.ts'

/**
 * The documented edges. Everything not listed is a bug of ours: the draft refuses it, so that no event, in whatever
 * order it comes, can move a run along an edge that does not exist.
 */
export const EXECUTION_EDGES: Readonly<Partial<Record<State, readonly State[]>>> = {
  CREATED: ['RUNNING', 'QUEUED', 'CANCELLED', 'KILLING', 'FAILED'],
  QUEUED: ['RUNNING', 'CANCELLED', 'KILLING'],
  RUNNING: ['SUCCESS', 'WARNING', 'FAILED', 'KILLING', 'PAUSED', 'CANCELLED', 'RETRYING', 'BREAKPOINT'],
  PAUSED: ['RUNNING', 'KILLING', 'CANCELLED'],
  BREAKPOINT: ['RUNNING', 'KILLING'],
  KILLING: ['KILLED'],
  FAILED: ['RESTARTED', 'RETRYING', 'RETRIED'],
  WARNING: ['RESTARTED'],
  SUCCESS: ['RESTARTED'],
  KILLED: ['RESTARTED'],
  CANCELLED: ['RESTARTED'],
  RESTARTED: ['RUNNING', 'KILLING'],
  RETRYING: ['RUNNING', 'KILLING'],
}

export const TASK_RUN_EDGES: Readonly<Partial<Record<State, readonly State[]>>> = {
  // A flowable goes from CREATED to FAILED (or what that is allowed to be) if its expressions cannot be rendered.
  CREATED: ['SUBMITTED', 'RUNNING', 'SKIPPED', 'KILLED', 'FAILED', 'WARNING', 'SUCCESS'],
  SUBMITTED: [
    'RUNNING',
    'SKIPPED',
    'SUCCESS',
    'WARNING',
    'FAILED',
    'RETRYING',
    'KILLING',
    'KILLED',
    'RESUBMITTED',
  ],
  RUNNING: [
    'SUCCESS',
    'WARNING',
    'FAILED',
    'SKIPPED',
    'RETRYING',
    'KILLING',
    'KILLED',
    'RESUBMITTED',
    'PAUSED',
  ],
  RESUBMITTED: [
    'RUNNING',
    'SKIPPED',
    'SUCCESS',
    'WARNING',
    'FAILED',
    'RETRYING',
    'KILLING',
    'KILLED',
    'RESUBMITTED',
  ],
  RETRYING: ['SUBMITTED', 'KILLED'],
  PAUSED: ['RUNNING', 'SUCCESS', 'FAILED', 'KILLING', 'KILLED'],
  KILLING: ['KILLED', 'SUCCESS', 'WARNING', 'FAILED'],
  FAILED: ['RESTARTED'],
  WARNING: ['RESTARTED'],
  SUCCESS: ['RESTARTED'],
  KILLED: ['RESTARTED'],
  RESTARTED: ['SUBMITTED', 'RUNNING', 'KILLED'],
}
