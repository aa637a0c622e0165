/**
 * What the flow language has and the engine does not run yet. A flow that uses it is refused instead of run without it.
 * This table is the only place that knows: a feature that lands is a row that goes.
 *
 * `error`: the flow would behave otherwise than it says. `warning`: the flow runs, the feature waits.
 */
export const UNSUPPORTED_FLOW_PROPERTIES: Readonly<Record<string, UnsupportedFeature>> = {
  concurrency: { severity: 'error', hint: 'Remove it, or start executions one at a time.' },
  checks: { severity: 'error', hint: 'Remove it, and check inputs in a first task.' },
  sla: { severity: 'error', hint: 'Remove it; a task can be bounded by its `timeout`.' },
  retry: { severity: 'error', hint: 'Give the tasks a `retry` of their own.' },
  workerGroup: { severity: 'error', hint: 'Remove it: every worker runs every task.' },
  listeners: { severity: 'error', hint: 'Use a Flow trigger in another flow, or `afterExecution`.' },
  triggers: {
    severity: 'warning',
    hint: 'They are checked and their versions are pinned; start the flow by the API.',
  },
}

export const UNSUPPORTED_TASK_PROPERTIES: Readonly<Record<string, UnsupportedFeature>> = {
  taskCache: { severity: 'error', hint: 'Remove it: the task runs each time.' },
  workerGroup: { severity: 'error', hint: 'Remove it: every worker runs every task.' },
  logToFile: { severity: 'error', hint: 'Remove it: logs are kept in the store.' },
  interruptible: {
    severity: 'error',
    hint: 'Remove it: every task is interrupted when its execution is killed.',
  },
}

export const UNSUPPORTED_TRIGGER_PROPERTIES: Readonly<Record<string, UnsupportedFeature>> = {
  workerGroup: { severity: 'error', hint: 'Remove it: every worker evaluates every trigger.' },
  logToFile: { severity: 'error', hint: 'Remove it: logs are kept in the store.' },
}

export const UNSUPPORTED_INPUT_PROPERTIES: Readonly<Record<string, UnsupportedFeature>> = {
  dependsOn: { severity: 'error', hint: 'Remove it: every input is asked for.' },
  condition: { severity: 'error', hint: 'Remove it: every input is asked for.' },
  expression: { severity: 'error', hint: 'List the choices as `values`.' },
  autoSelectFirst: { severity: 'error', hint: 'Name the first value as `defaults`.' },
  validator: { severity: 'error', hint: 'Remove it, and check the value in a first task.' },
  after: { severity: 'error', hint: 'Remove it, and check the value in a first task.' },
  before: { severity: 'error', hint: 'Remove it, and check the value in a first task.' },
}

/** Ways to write an input that would not mean what they say. */
export const UNSUPPORTED_INPUT_FORMS = {
  nestedId: { severity: 'error', hint: 'Use "_" in place of the dot, or an input of the type JSON.' },
  dynamicDefault: {
    severity: 'error',
    hint: 'Write the value itself, or use {{ inputs.x ?? … }} where it is read.',
  },
  durationBounds: { severity: 'error', hint: 'Remove them, and check the value in a first task.' },
} as const satisfies Record<string, UnsupportedFeature>

export const UNSUPPORTED_INPUT_TYPES: Readonly<Record<string, UnsupportedFeature>> = {
  FILE: { severity: 'error', hint: 'Use the type URI and store the file before.' },
  SECRET: { severity: 'error', hint: "Read it where it is needed: {{ secret('NAME') }}." },
}

/** Of tasks that the engine itself executes. */
export const UNSUPPORTED_FLOWABLE_PROPERTIES: Readonly<Record<string, UnsupportedFeature>> = {
  retry: { severity: 'error', hint: 'Give the tasks within a `retry` of their own.' },
  timeout: { severity: 'error', hint: 'Give the tasks within a `timeout` of their own.' },
}

/** A task within a task whose type brings code of its own: only the engine can run it. */
export const NESTED_TASKS: UnsupportedFeature = {
  severity: 'error',
  hint: 'Put the tasks into a flowable of io.kestra.plugin.core.flow, such as Sequential.',
}

export interface UnsupportedFeature {
  readonly severity: 'error' | 'warning'
  readonly hint: string
}
