import type {
  Attempt,
  ExecutionRecord,
  LogRecord,
  MetricRecord,
  State,
  StateChange,
  TaskRunRecord,
} from '@pinion/core/execution'
import { isoDate, isoDuration } from './iso.ts'

/** An execution as existing clients read it. `baseUrl`: without a trailing slash. */
export function executionView(
  execution: ExecutionRecord,
  taskRuns: readonly TaskRunRecord[],
  baseUrl: string,
) {
  const { executionId, tenant, namespace, flowId } = execution
  return {
    id: executionId,
    namespace,
    flowId,
    flowRevision: execution.flowRevision,
    state: stateView(execution.state, execution.histories, execution.endedAtMs),
    taskRunList: taskRuns.map(taskRunView),
    labels: execution.labels,
    inputs: execution.inputs,
    outputs: execution.outputs,
    variables: execution.variables,
    trigger: execution.trigger,
    parentId: execution.parentId,
    originalId: execution.originalId ?? executionId,
    kind: execution.kind,
    error: execution.error,
    deleted: false,
    url: `${baseUrl}/ui/${tenant}/executions/${namespace}/${flowId}/${executionId}`,
  }
}

function taskRunView(taskRun: TaskRunRecord) {
  return {
    id: taskRun.taskRunId,
    executionId: taskRun.executionId,
    namespace: taskRun.namespace,
    flowId: taskRun.flowId,
    taskId: taskRun.taskId,
    parentTaskRunId: taskRun.parentTaskRunId,
    value: taskRun.value,
    iteration: taskRun.iteration,
    outputs: taskRun.outputs,
    state: stateView(taskRun.state, taskRun.histories, taskRun.endedAtMs),
    attempts: taskRun.attempts.map(attemptView),
    plugin: taskRun.plugin,
  }
}

function attemptView(attempt: Attempt) {
  const running: StateChange = { state: 'RUNNING', atMs: attempt.startedAtMs }
  const histories =
    attempt.endedAtMs === undefined ? [running] : [running, { state: attempt.state, atMs: attempt.endedAtMs }]
  return { state: stateView(attempt.state, histories, attempt.endedAtMs), error: attempt.error }
}

function stateView(current: State, histories: readonly StateChange[], endedAtMs: number | undefined) {
  const startedAtMs = histories[0]?.atMs ?? 0
  return {
    current,
    histories: histories.map(({ state, atMs }) => ({ state, date: isoDate(atMs) })),
    startDate: isoDate(startedAtMs),
    endDate: endedAtMs === undefined ? undefined : isoDate(endedAtMs),
    duration: isoDuration(Math.max(0, (endedAtMs ?? Date.now()) - startedAtMs)),
  }
}

export function logView(log: LogRecord) {
  return {
    namespace: log.namespace,
    flowId: log.flowId,
    executionId: log.executionId,
    taskId: log.taskId,
    taskRunId: log.taskRunId,
    attemptNumber: log.attempt,
    timestamp: isoDate(log.timestampMs),
    level: log.level,
    message: log.message,
  }
}

export function metricView(metric: MetricRecord) {
  return {
    namespace: metric.namespace,
    flowId: metric.flowId,
    executionId: metric.executionId,
    taskId: metric.taskId,
    taskRunId: metric.taskRunId,
    name: metric.name,
    type: metric.type,
    value: metric.value,
    tags: metric.tags,
    timestamp: isoDate(metric.timestampMs),
  }
}
