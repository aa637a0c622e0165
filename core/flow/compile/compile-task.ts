import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import { compileValue } from '../../expression/index.ts'
import { isEngineType } from '../../plugin/index.ts'
import { parseDurationMs } from '../duration/parse-duration.ts'
import type { CompiledTask, CompiledTrigger, NestedTask, RetryPolicy } from '../model.ts'
import { formatPath, type PropertyPath } from '../path/property-path.ts'
import {
  UNSUPPORTED_FLOWABLE_PROPERTIES,
  UNSUPPORTED_TASK_PROPERTIES,
  UNSUPPORTED_TRIGGER_PROPERTIES,
} from '../schema/features.ts'
import { checkDag } from './check-dag.ts'
import { checkTemplates } from './check-templates.ts'
import { claimTaskId } from './claim-id.ts'
import type { PluginCompiler, PluginOutcome } from './compile-plugin.ts'
import type { CompileContext } from './context.ts'
import { isObject } from './read-flow.ts'
import { reportUnsupported } from './report-unsupported.ts'

const DEFAULT_DELAY_FACTOR = 2
const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const

/** @returns undefined if the flow has an error, in this task or before it */
export function compileTask(
  context: CompileContext,
  compiler: PluginCompiler,
  written: JsonObject,
  path: PropertyPath,
): CompiledTask | undefined {
  claimTaskId(context, written, path)
  reportUnsupported(context, written, path, UNSUPPORTED_TASK_PROPERTIES)
  const { runIf } = written
  if (runIf !== undefined) checkTemplates(context, runIf, [...path, 'runIf'])
  checkRetry(context, written['retry'], [...path, 'retry'])
  const plugin = compiler.compile(written, path, 'task')
  if (plugin === undefined) return undefined
  const { resolved, merged, compiled } = plugin
  const nested = compileNested(context, compiler, plugin, path)
  if (compiled === undefined) return undefined
  const { core, properties } = compiled
  // It may come from a default.
  if (core['runIf'] !== undefined) checkTemplates(context, core['runIf'], [...path, 'runIf'])
  if (context.problems.hasErrors) return undefined
  const retry = toRetryPolicy(core['retry'])
  const timeoutMs = durationOf(core['timeout'])
  const logLevel = LOG_LEVELS.find((level) => level === core['logLevel'])
  return {
    taskId: String(core['id']),
    path: formatPath(path),
    plugin: resolved,
    properties,
    ...(isEngineType(resolved.type) && resolved.manifest.executedBy === 'engine'
      ? { flowable: { type: resolved.type, properties: merged, nested } }
      : {}),
    ...(typeof core['description'] === 'string' ? { description: core['description'] } : {}),
    disabled: core['disabled'] === true,
    allowFailure: core['allowFailure'] === true,
    allowWarning: core['allowWarning'] === true,
    ...(core['runIf'] === undefined ? {} : { runIf: compileValue(core['runIf']) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(retry === undefined ? {} : { retry }),
    ...(logLevel === undefined ? {} : { logLevel }),
  }
}

/** The tasks within a task, whatever is wrong with it: all faults at once. */
function compileNested(
  context: CompileContext,
  compiler: PluginCompiler,
  { resolved, merged, tasks }: PluginOutcome,
  path: PropertyPath,
): readonly NestedTask[] {
  if (resolved.manifest.executedBy !== 'engine') return []
  reportUnsupported(context, merged, path, UNSUPPORTED_FLOWABLE_PROPERTIES)
  if (resolved.type === 'io.kestra.plugin.core.flow.Dag')
    checkDag(context, merged['tasks'], [...path, 'tasks'])
  return tasks.flatMap(({ written, path: below }) => {
    const task = compileTask(context, compiler, written, [...path, ...below])
    return task === undefined ? [] : [{ path: below, task }]
  })
}

/** @returns undefined if the flow has an error, in this trigger or before it */
export function compileTrigger(
  context: CompileContext,
  compiler: PluginCompiler,
  written: JsonObject,
  path: PropertyPath,
): CompiledTrigger | undefined {
  reportUnsupported(context, written, path, UNSUPPORTED_TRIGGER_PROPERTIES)
  const { inputs } = written
  if (inputs !== undefined) checkTemplates(context, inputs, [...path, 'inputs'])
  const plugin = compiler.compile(written, path, 'trigger')
  if (plugin?.compiled === undefined) return undefined
  const { core, properties } = plugin.compiled
  return {
    triggerId: String(core['id']),
    path: formatPath(path),
    plugin: plugin.resolved,
    properties,
    disabled: core['disabled'] === true,
  }
}

/** What a schema cannot say of a retry. */
function checkRetry({ problems }: CompileContext, retry: JsonValue | undefined, path: PropertyPath): void {
  if (retry === undefined || !isObject(retry)) return
  if (retry['behavior'] === 'CREATE_NEW_EXECUTION') {
    problems.add([...path, 'behavior'], {
      code: 'FLOW_PROPERTY_INVALID',
      message: 'A task cannot create a new execution when it is retried.',
      hint: 'Remove `behavior`: a task retries itself.',
    })
  }
  if (retry['maxAttempt'] !== undefined) {
    problems.add([...path, 'maxAttempt'], {
      severity: 'warning',
      code: 'FLOW_PROPERTY_DEPRECATED',
      at: 'key',
      message: '`maxAttempt` is the former name of `maxAttempts`.',
      hint: 'Write maxAttempts.',
    })
  }
  const maxDurationMs = durationOf(retry['maxDuration'])
  const firstWaitMs = durationOf(retry['interval'] ?? retry['minInterval'])
  if (maxDurationMs !== undefined && firstWaitMs !== undefined && firstWaitMs >= maxDurationMs) {
    problems.add([...path, 'maxDuration'], {
      severity: 'warning',
      code: 'FLOW_PROPERTY_INVALID',
      message: 'The task is never retried: the first wait is as long as `maxDuration`.',
      hint: 'Make `maxDuration` longer than all attempts and waits together.',
    })
  }
}

/** @param retry - checked against its schema */
function toRetryPolicy(retry: JsonValue | undefined): RetryPolicy | undefined {
  if (retry === undefined || !isObject(retry)) return undefined
  const maxAttempts = retry['maxAttempts'] ?? retry['maxAttempt']
  const maxDurationMs = durationOf(retry['maxDuration'])
  const bounds = {
    warningOnRetry: retry['warningOnRetry'] === true,
    ...(typeof maxAttempts === 'number' ? { maxAttempts } : {}),
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
  }
  const intervalMs = durationOf(retry['interval']) ?? 0
  const maxIntervalMs = durationOf(retry['maxInterval']) ?? intervalMs
  switch (retry['type']) {
    case 'constant':
      return { ...bounds, type: 'constant', intervalMs }
    case 'exponential': {
      const factor = retry['delayFactor']
      const delayFactor = typeof factor === 'number' ? factor : DEFAULT_DELAY_FACTOR
      return { ...bounds, type: 'exponential', intervalMs, maxIntervalMs, delayFactor }
    }
    case 'random':
      return {
        ...bounds,
        type: 'random',
        minIntervalMs: durationOf(retry['minInterval']) ?? 0,
        maxIntervalMs,
      }
    default:
      return undefined
  }
}

function durationOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'string' ? parseDurationMs(value) : undefined
}
