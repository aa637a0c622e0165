import type { JsonSchema } from '@pinion/plugin-sdk/manifest'
import { MAX_PLUGIN_DEFAULTS } from '../limits.ts'
import { INPUT, OUTPUT } from './input-schemas.ts'
import { RETRY } from './retry-schemas.ts'
import {
  CONDITION,
  closed,
  DURATION,
  described,
  FLAG,
  FLOW_ID,
  LABELS,
  NAMESPACE,
  TEXT,
  WORKER_GROUP,
} from './vocabulary.ts'

/** Ids that would collide with a path of the API. @see the reference's migration guide 1.0.0, "Reserved flow ids" */
export const RESERVED_FLOW_IDS: ReadonlySet<string> = new Set([
  'pause',
  'resume',
  'force-run',
  'change-status',
  'kill',
  'executions',
  'search',
  'source',
  'disable',
  'enable',
])

/** The lists of tasks that a flow has, in the order in which they run. */
export const TASK_LISTS = ['tasks', 'errors', 'finally', 'afterExecution'] as const
export type TaskList = (typeof TASK_LISTS)[number]

const OBJECTS: JsonSchema = { type: 'array', items: { type: 'object' } }

const PLUGIN_DEFAULTS: JsonSchema = {
  type: 'array',
  maxItems: MAX_PLUGIN_DEFAULTS,
  items: closed(
    {
      type: { type: 'string', minLength: 1, description: 'A type id, or the beginning of one.' },
      values: { type: 'object', description: 'Properties as the plugin itself would have them.' },
      forced: described(FLAG, 'Whether the values win over what a task itself says.'),
    },
    ['type', 'values'],
  ),
}

/**
 * A flow's own properties. What stands in the lists of tasks and triggers is checked plugin by plugin, once defaults
 * are merged: see `compile/`.
 */
export const FLOW_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  id: FLOW_ID,
  namespace: NAMESPACE,
  description: described(TEXT, 'What the flow does, in Markdown.'),
  labels: LABELS,
  inputs: {
    type: 'array',
    items: INPUT,
    description: 'Typed parameters, checked before an execution is created.',
  },
  variables: { type: 'object', description: 'Constants, read as `vars.<name>`; may hold expressions.' },
  tasks: { ...OBJECTS, minItems: 1, description: 'At least one task; they run one after the other.' },
  errors: described(OBJECTS, 'Tasks that run when a task has failed.'),
  finally: described(OBJECTS, 'Tasks that run at the end in any case.'),
  afterExecution: described(OBJECTS, 'Tasks that run after the execution has reached its final state.'),
  outputs: { type: 'array', items: OUTPUT, description: 'Typed values that the execution leaves behind.' },
  triggers: described(OBJECTS, 'What starts the flow.'),
  pluginDefaults: described(PLUGIN_DEFAULTS, 'Values for the properties of all plugins of a type.'),
  taskDefaults: { ...described(PLUGIN_DEFAULTS, 'The former name of `pluginDefaults`.'), deprecated: true },
  disabled: described(FLAG, 'Whether no executions are created.'),
  revision: { type: 'integer', description: 'Kept by the server; ignored here.' },
  deleted: { type: 'boolean', description: 'Kept by the server; ignored here.' },
  tenantId: { type: 'string', description: 'Kept by the server; ignored here.' },
  retry: described(RETRY, 'How a failed execution is repeated.'),
  concurrency: closed(
    { limit: { type: 'integer', minimum: 1 }, behavior: { enum: ['QUEUE', 'CANCEL', 'FAIL'] } },
    ['limit'],
    { description: 'How many executions of the flow may run at once.' },
  ),
  checks: {
    type: 'array',
    items: closed(
      {
        condition: CONDITION,
        message: TEXT,
        style: { enum: ['ERROR', 'SUCCESS', 'WARNING', 'INFO'] },
        behavior: { enum: ['BLOCK_EXECUTION', 'FAIL_EXECUTION', 'CREATE_EXECUTION'] },
      },
      ['condition', 'message'],
    ),
    description: 'Conditions that must hold before an execution is created.',
  },
  sla: {
    type: 'array',
    items: closed(
      {
        id: TEXT,
        type: { enum: ['MAX_DURATION', 'EXECUTION_ASSERTION'] },
        behavior: { enum: ['CANCEL', 'FAIL', 'NONE'] },
        duration: DURATION,
        assert: TEXT,
        labels: LABELS,
      },
      ['id', 'type', 'behavior'],
    ),
    description: 'What an execution promises, and what happens when it breaks the promise.',
  },
  workerGroup: WORKER_GROUP,
  listeners: { ...OBJECTS, deprecated: true, description: 'Removed from the language: use a Flow trigger.' },
}

export const FLOW_REQUIRED = ['id', 'namespace', 'tasks'] as const

export const FLOW: JsonSchema = closed(FLOW_PROPERTIES, FLOW_REQUIRED, { title: 'Flow' })
