import type { JsonSchema } from '@pinion/plugin-sdk/manifest'
import { RETRY } from './retry-schemas.ts'
import {
  CONDITION,
  closed,
  DURATION,
  described,
  FLAG,
  LABELS,
  LOG_LEVEL,
  TASK_ID,
  TEXT,
  WORKER_GROUP,
} from './vocabulary.ts'

const TYPE: JsonSchema = {
  type: 'string',
  minLength: 1,
  description: 'The full type id of an installed plugin.',
}
const VERSION: JsonSchema = {
  type: 'string',
  minLength: 1,
  description:
    'Which installed version runs this: an exact version in quotes ("1.2.0"), a range ("^1.2"), a dist-tag, LATEST or OLDEST.',
}

/** Properties of every task, whatever its plugin. @see the reference's page on tasks, "Core task properties" */
export const TASK_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  id: TASK_ID,
  type: TYPE,
  version: VERSION,
  description: described(TEXT, 'What the task does, in Markdown.'),
  disabled: described(FLAG, 'Whether the task is left out of executions.'),
  runIf: described(CONDITION, 'The task is skipped if this renders to false.'),
  timeout: described(DURATION, 'The longest time one attempt may take, as an ISO 8601 duration.'),
  retry: RETRY,
  allowFailure: described(
    FLAG,
    'Whether the flow goes on when the task fails; the execution then ends in WARNING.',
  ),
  allowWarning: described(FLAG, 'Whether a WARNING of the task counts as SUCCESS.'),
  logLevel: LOG_LEVEL,
  logToFile: described(FLAG, 'Whether logs are written to a file in internal storage.'),
  taskCache: closed({ enabled: FLAG, ttl: DURATION }, ['enabled'], {
    description: 'Reuses the outputs of an earlier run with the same properties.',
  }),
  interruptible: described(FLAG, 'Whether killing the execution interrupts the task.'),
  workerGroup: WORKER_GROUP,
}

/** Properties of every trigger. @see the reference's page on triggers, "Trigger common properties" */
export const TRIGGER_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  id: TASK_ID,
  type: TYPE,
  version: VERSION,
  description: described(TEXT, 'What the trigger waits for, in Markdown.'),
  disabled: described(FLAG, 'Whether the trigger starts no executions.'),
  conditions: {
    type: 'array',
    items: { type: 'object' },
    description: 'Conditions that must all be true for an execution to be created.',
  },
  inputs: { type: 'object', description: 'Values for the inputs of the flow; may hold expressions.' },
  labels: LABELS,
  stopAfter: {
    type: 'array',
    items: { enum: ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'SKIPPED'] },
    description: 'States of an execution after which the trigger disables itself.',
  },
  allowConcurrent: described(
    FLAG,
    'Whether the trigger may fire while an execution that it started still runs.',
  ),
  failOnTriggerError: described(FLAG, 'Whether an error of the trigger itself makes a FAILED execution.'),
  logLevel: LOG_LEVEL,
  logToFile: described(FLAG, 'Whether logs are written to a file in internal storage.'),
  workerGroup: WORKER_GROUP,
}

/** Properties of a plugin within another, such as a task runner: everything else is its type's own. */
export const NESTED_PROPERTIES: Readonly<Record<string, JsonSchema>> = { type: TYPE, version: VERSION }

export const TASK: JsonSchema = {
  type: 'object',
  required: ['id', 'type'],
  properties: TASK_PROPERTIES,
  title: 'Task',
}
export const TRIGGER: JsonSchema = {
  type: 'object',
  required: ['id', 'type'],
  properties: TRIGGER_PROPERTIES,
  title: 'Trigger',
}
export const NESTED: JsonSchema = {
  type: 'object',
  required: ['type'],
  properties: NESTED_PROPERTIES,
  title: 'Plugin',
}
