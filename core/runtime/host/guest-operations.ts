import { randomFillSync, randomUUID } from 'node:crypto'
import {
  MAX_CALL_BYTES,
  MAX_CALLS_PER_SLICE,
  MAX_LOG_CHARS,
  MAX_METRIC_CHARS,
  MAX_METRICS_PER_ATTEMPT,
  MAX_PARAMS_CHARS,
  MAX_PENDING_CALLS,
  MAX_TIMERS,
} from '../limits.ts'
import { GUEST_LOG_LEVELS, type HostOperation } from '../protocol/guest.ts'
import type { AttemptMetric } from '../runtime.ts'
import type { HostAttempt } from './host-attempt.ts'

const MAX_RANDOM_BYTES = 65_536
const MAX_URL_CHARS = 1024 * 1024
const URL_PARTS = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const
const SETTABLE = [
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const

/** What the operations of one realm act on. */
export interface OperationTarget {
  /** @returns undefined if the attempt has ended or is not of this realm. */
  attemptOf(attempt: unknown): HostAttempt | undefined
  settle(attempt: HostAttempt, isOk: boolean, json: string, warning: string | undefined): void
  /** 0: timers of the bundle itself. */
  setTimer(attempt: HostAttempt | undefined, timer: number, delayMs: number, repeats: boolean): boolean
  clearTimer(attempt: HostAttempt | undefined, timer: number): void
  begin(
    attempt: HostAttempt,
    call: number,
    method: string,
    paramsJson: string,
    bytes: Uint8Array | undefined,
  ): void
  cancel(attempt: HostAttempt, call: number): void
  /** Logs, metrics or progress wait to be sent. */
  touch(attempt: HostAttempt): void
  loadChunk(name: unknown): boolean
}

type Operation = (...args: readonly unknown[]) => unknown

/**
 * The host's side of the bridge. Plugin code can call it with anything: every argument is checked, and nothing is
 * thrown back, because an error of this process would carry its stack into the isolate.
 */
export function createOperations(
  target: OperationTarget,
): (operation: unknown, ...args: unknown[]) => unknown {
  const operations: { readonly [Op in HostOperation]: Operation } = {
    settle: (attempt, isOk, json, warning) => {
      const found = target.attemptOf(attempt)
      if (found === undefined || typeof json !== 'string') return
      target.settle(
        found,
        isOk === true,
        json,
        typeof warning === 'string' ? warning.slice(0, MAX_LOG_CHARS) : undefined,
      )
    },
    log: (attempt, level, message) => {
      const found = target.attemptOf(attempt)
      const name = typeof level === 'number' ? GUEST_LOG_LEVELS[level] : undefined
      if (found === undefined || name === undefined || typeof message !== 'string') return
      const nowMs = Date.now()
      if (!found.logBudget.take(Math.min(message.length, MAX_LOG_CHARS), nowMs)) return
      found.logs.push({ level: name, message: cutLog(message), timestampMs: nowMs })
      target.touch(found)
    },
    metric: (attempt, json) => {
      const found = target.attemptOf(attempt)
      if (found === undefined || typeof json !== 'string' || json.length > MAX_METRIC_CHARS) return
      if (found.metricCount >= MAX_METRICS_PER_ATTEMPT) return
      const metric = parseMetric(json)
      if (metric === undefined) return
      found.metricCount++
      found.metrics.push(metric)
      target.touch(found)
    },
    progress: (attempt, fraction, message) => {
      const found = target.attemptOf(attempt)
      if (found === undefined || typeof fraction !== 'number' || Number.isNaN(fraction)) return
      const text = typeof message === 'string' ? message.slice(0, MAX_METRIC_CHARS) : undefined
      // Only the latest is sent: a plugin may report it in a loop.
      found.progress = {
        fraction: Math.min(1, Math.max(0, fraction)),
        ...(text === undefined ? {} : { message: text }),
      }
      target.touch(found)
    },
    setTimer: (attempt, timer, delayMs, repeats) => {
      const found = target.attemptOf(attempt)
      if (typeof timer !== 'number' || typeof delayMs !== 'number') return false
      if (found === undefined && attempt !== 0) return false
      if (found !== undefined && found.timerCount >= MAX_TIMERS) return false
      return target.setTimer(found, timer, delayMs, repeats === true)
    },
    clearTimer: (attempt, timer) => {
      if (typeof timer === 'number') target.clearTimer(target.attemptOf(attempt), timer)
    },
    call: (attempt, call, method, paramsJson, bytes) => {
      const found = target.attemptOf(attempt)
      if (found === undefined || typeof call !== 'number' || typeof method !== 'string')
        return 'The attempt has ended.'
      if (found.calls.size >= MAX_PENDING_CALLS || found.calls.has(call)) {
        return `The attempt has ${found.calls.size} calls under way; ${MAX_PENDING_CALLS} are allowed.`
      }
      if (++found.callsInSlice > MAX_CALLS_PER_SLICE)
        return 'The attempt makes too many calls without giving way.'
      if (typeof paramsJson !== 'string' || paramsJson.length > MAX_PARAMS_CHARS)
        return 'The parameters are too long.'
      const data = bytes instanceof Uint8Array ? bytes : undefined
      if (data !== undefined && data.byteLength > MAX_CALL_BYTES) {
        return `${data.byteLength} bytes were given at once; ${MAX_CALL_BYTES} are allowed.`
      }
      target.begin(found, call, method, paramsJson, data)
      return undefined
    },
    cancel: (attempt, call) => {
      const found = target.attemptOf(attempt)
      if (found !== undefined && typeof call === 'number') target.cancel(found, call)
    },
    loadChunk: (name) => target.loadChunk(name),
    random: (sizeBytes) => {
      if (typeof sizeBytes !== 'number' || !(sizeBytes >= 0 && sizeBytes <= MAX_RANDOM_BYTES))
        return undefined
      return randomFillSync(new Uint8Array(sizeBytes))
    },
    uuid: () => randomUUID(),
    now: () => Math.round(performance.now() * 10) / 10,
    clone: (value) => value,
    parseUrl: (input, base) => {
      if (typeof input !== 'string' || input.length > MAX_URL_CHARS) return undefined
      const url = URL.parse(input, typeof base === 'string' ? base : undefined)
      return url === null ? undefined : urlJson(url)
    },
    setUrl: (href, property, value) => {
      const settable = SETTABLE.find((known) => known === property)
      const url = typeof href === 'string' ? URL.parse(href) : null
      if (settable === undefined || url === null || typeof value !== 'string') return undefined
      if (value.length > MAX_URL_CHARS) return undefined
      url[settable] = value
      return urlJson(url)
    },
    encodeText: (text) => (typeof text === 'string' ? new Uint8Array(Buffer.from(text, 'utf8')) : undefined),
    decodeText: (label, isFatal, ignoreBom, bytes) => {
      if (typeof label !== 'string' || !(bytes instanceof Uint8Array)) return undefined
      const decoder = new TextDecoder(label, { fatal: isFatal === true, ignoreBOM: ignoreBom === true })
      return decoder.decode(bytes)
    },
    encodingName: (label) => (typeof label === 'string' ? new TextDecoder(label).encoding : undefined),
  }
  const isOperation = (name: unknown): name is HostOperation =>
    typeof name === 'string' && Object.hasOwn(operations, name)
  return (operation, ...args) => {
    if (!isOperation(operation)) return undefined
    try {
      return operations[operation](...args)
    } catch {
      // "undefined" is every operation's way to say that it could not: see protocol/guest.ts.
      return undefined
    }
  }
}

function urlJson(url: URL): string {
  return JSON.stringify(Object.fromEntries(URL_PARTS.map((part) => [part, url[part]])))
}

function cutLog(message: string): string {
  if (message.length <= MAX_LOG_CHARS) return message
  return `${message.slice(0, MAX_LOG_CHARS)}… (${message.length - MAX_LOG_CHARS} more characters)`
}

function parseMetric(json: string): AttemptMetric | undefined {
  const parsed: unknown = JSON.parse(json)
  if (typeof parsed !== 'object' || parsed === null) return undefined
  if (!('name' in parsed && 'type' in parsed && 'value' in parsed && 'tags' in parsed)) return undefined
  const { name, type, value, tags } = parsed
  if (typeof name !== 'string' || typeof value !== 'number' || !Number.isFinite(value)) return undefined
  if (type !== 'counter' && type !== 'timer' && type !== 'gauge') return undefined
  const given = typeof tags === 'object' && tags !== null ? Object.entries(tags) : []
  return { name, type, value, tags: Object.fromEntries(given.map(([key, tag]) => [key, String(tag)])) }
}
