import type { ExecutionRecord, LogRecord, MetricRecord, State } from '../../execution/index.ts'
import type { Role } from '../../identity/index.ts'
import type { InstallState } from '../../plugin/index.ts'

// The words that a column may hold. Written out although the other rooms have lists of them: importing those would
// load the whole engine to open a database. The compiler compares them with the types, in both directions.

type Words<T extends string> = Readonly<Record<T, true>>

export const STATES: Words<State> = {
  CREATED: true,
  SUBMITTED: true,
  RUNNING: true,
  PAUSED: true,
  RESTARTED: true,
  RESUBMITTED: true,
  KILLING: true,
  KILLED: true,
  SUCCESS: true,
  WARNING: true,
  FAILED: true,
  CANCELLED: true,
  QUEUED: true,
  RETRYING: true,
  RETRIED: true,
  SKIPPED: true,
  BREAKPOINT: true,
}

export const EXECUTION_KINDS: Words<ExecutionRecord['kind']> = { NORMAL: true, TEST: true, PLAYGROUND: true }

export const INSTALL_STATES: Words<InstallState> = {
  STAGED: true,
  ACTIVE: true,
  FAILED: true,
  DRAINING: true,
}

export const USER_ROLES: Words<Role> = { admin: true, editor: true, launcher: true, viewer: true }

export const METRIC_TYPES: Words<MetricRecord['type']> = { counter: true, timer: true, gauge: true }

/** In ascending order. */
export const LOG_LEVELS: Words<LogRecord['level']> = {
  TRACE: true,
  DEBUG: true,
  INFO: true,
  WARN: true,
  ERROR: true,
}
