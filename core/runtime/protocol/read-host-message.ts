import type { SerializedError } from '../../errors/index.ts'
import { MAX_ERROR_CHARS, MAX_LOG_CHARS, MAX_METRICS_PER_ATTEMPT, MAX_STACK_CHARS } from '../limits.ts'
import type { AttemptLogEntry, AttemptMetric, AttemptUsage } from '../runtime.ts'
import { isCallMethod, isCallParams, knownParams } from './call-params.ts'
import type { FromHost, HostReport, Outcome } from './messages.ts'

type Fields = Readonly<Record<string, unknown>>

/** Checks one message of a host, which may have been taken over. @returns undefined if it is not of the protocol */
export function readHostMessage(message: unknown): FromHost | undefined {
  if (!isFields(message)) return undefined
  switch (message['t']) {
    case 'ready':
      return message['protocol'] === 1 && isCount(message['residentBytes'])
        ? { t: 'ready', protocol: 1, residentBytes: message['residentBytes'] }
        : undefined
    case 'loaded':
    case 'unloaded':
      return isCount(message['request']) && isCount(message['bundle'])
        ? { t: message['t'], request: message['request'], bundle: message['bundle'] }
        : undefined
    case 'unloadable':
      return readUnloadable(message)
    case 'evicted':
      return isCount(message['bundle']) ? { t: 'evicted', bundle: message['bundle'] } : undefined
    case 'parked':
      return isCount(message['attempt']) ? { t: 'parked', attempt: message['attempt'] } : undefined
    case 'settled':
      return readSettled(message)
    case 'call':
      return readCall(message)
    case 'log':
      return readLog(message)
    case 'metric':
      return readMetrics(message)
    case 'progress':
      return readProgress(message)
    case 'stalled':
      return { t: 'stalled' }
    case 'pong': {
      const report = readReport(message['report'])
      return isCount(message['seq']) && report !== undefined
        ? { t: 'pong', seq: message['seq'], report }
        : undefined
    }
    default:
      return undefined
  }
}

function readUnloadable(message: Fields): FromHost | undefined {
  const error = readError(message['error'])
  if (!isCount(message['request']) || error === undefined) return undefined
  return { t: 'unloadable', request: message['request'], error, ...optional('stack', stackOf(message)) }
}

function readSettled(message: Fields): FromHost | undefined {
  const { attempt } = message
  const usage = readUsage(message['usage'])
  const outcome = readOutcome(message['outcome'])
  return isCount(attempt) && usage !== undefined && outcome !== undefined
    ? { t: 'settled', attempt, outcome, usage }
    : undefined
}

function readOutcome(outcome: unknown): Outcome | undefined {
  if (!isFields(outcome)) return undefined
  const { status, outputsJson, warning, reason } = outcome
  const warned = optional('warning', typeof warning === 'string' ? warning : undefined)
  switch (status) {
    case 'SUCCESS':
      return typeof outputsJson === 'string' ? { status, outputsJson, ...warned } : undefined
    case 'FAILED': {
      const error = readError(outcome['error'])
      const { retryable } = outcome
      if (error === undefined || typeof retryable !== 'boolean') return undefined
      return {
        status,
        error,
        retryable,
        ...optional('stack', stackOf(outcome)),
        ...optional('outputsJson', typeof outputsJson === 'string' ? outputsJson : undefined),
      }
    }
    case 'KILLED':
      return { status }
    case 'LOST':
      return { status, reason: typeof reason === 'string' ? reason.slice(0, MAX_ERROR_CHARS) : '' }
    default:
      return undefined
  }
}

function readCall(message: Fields): FromHost | undefined {
  const { attempt, call, method } = message
  if (!isCount(attempt) || !isCount(call) || typeof method !== 'string' || !isCallMethod(method))
    return undefined
  const params = knownParams(method, message['params'])
  return isCallParams(method, params) ? { t: 'call', attempt, call, method, params } : undefined
}

function readLog(message: Fields): FromHost | undefined {
  const { attempt, entries } = message
  if (!isCount(attempt) || !Array.isArray(entries)) return undefined
  const read = entries.map(readLogEntry)
  return read.every((entry) => entry !== undefined) ? { t: 'log', attempt, entries: read } : undefined
}

function readLogEntry(entry: unknown): AttemptLogEntry | undefined {
  if (!isFields(entry)) return undefined
  const { level, message, timestampMs } = entry
  switch (level) {
    case 'TRACE':
    case 'DEBUG':
    case 'INFO':
    case 'WARN':
    case 'ERROR':
      // Twice the limit: the host adds a remark to what it cuts.
      return typeof message === 'string' && message.length <= 2 * MAX_LOG_CHARS && isCount(timestampMs)
        ? { level, message, timestampMs }
        : undefined
    default:
      return undefined
  }
}

function readMetrics(message: Fields): FromHost | undefined {
  const { attempt, metrics } = message
  if (!isCount(attempt) || !Array.isArray(metrics) || metrics.length > MAX_METRICS_PER_ATTEMPT)
    return undefined
  const read = metrics.map(readMetric)
  return read.every((metric) => metric !== undefined) ? { t: 'metric', attempt, metrics: read } : undefined
}

function readMetric(metric: unknown): AttemptMetric | undefined {
  if (!isFields(metric)) return undefined
  const { name, type, value, tags } = metric
  if (typeof name !== 'string' || typeof value !== 'number' || !isFields(tags)) return undefined
  if (type !== 'counter' && type !== 'timer' && type !== 'gauge') return undefined
  const texts: Record<string, string> = {}
  for (const [key, tag] of Object.entries(tags)) texts[key] = String(tag)
  return { name, type, value, tags: texts }
}

function readProgress(message: Fields): FromHost | undefined {
  const { attempt, fraction, message: text } = message
  if (!isCount(attempt) || typeof fraction !== 'number') return undefined
  return {
    t: 'progress',
    attempt,
    fraction,
    ...optional('message', typeof text === 'string' ? text : undefined),
  }
}

function readReport(report: unknown): HostReport | undefined {
  if (!isFields(report)) return undefined
  const { residentBytes, isolates, isolatesMade } = report
  return isCount(residentBytes) && isCount(isolates) && isCount(isolatesMade)
    ? { residentBytes, isolates, isolatesMade }
    : undefined
}

function readUsage(usage: unknown): AttemptUsage | undefined {
  if (!isFields(usage)) return undefined
  const { cpuMs, hostCalls, bytesIn, bytesOut } = usage
  return isAmount(cpuMs) && isAmount(hostCalls) && isAmount(bytesIn) && isAmount(bytesOut)
    ? { cpuMs, hostCalls, bytesIn, bytesOut }
    : undefined
}

function readError(error: unknown): SerializedError | undefined {
  if (!isFields(error)) return undefined
  const { code, message, hint, at } = error
  if (typeof code !== 'string' || typeof message !== 'string') return undefined
  const place = isFields(at) ? at : {}
  const { file, line, column } = place
  return {
    code,
    message: message.slice(0, 2 * MAX_ERROR_CHARS),
    ...optional('hint', typeof hint === 'string' ? hint : undefined),
    ...(typeof file === 'string' && isCount(line) && isCount(column) ? { at: { file, line, column } } : {}),
  }
}

function stackOf({ stack }: Fields): string | undefined {
  return typeof stack === 'string' ? stack.slice(0, 2 * MAX_STACK_CHARS) : undefined
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: Value })
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
