import { type SerializedError, serializeError } from '../errors/index.ts'
import { RuntimeError, type RuntimeErrorCode, runtimeFault } from './errors.ts'
import type { HostedAttempt } from './pool/host-process.ts'
import type { Outcome } from './protocol/messages.ts'
import type { AttemptResult, AttemptUsage } from './runtime.ts'

const NOTHING_USED: AttemptUsage = { cpuMs: 0, hostCalls: 0, bytesIn: 0, bytesOut: 0 }

/** More telling than "out of time", where both are true. */
const CAUSES: ReadonlySet<string> = new Set<RuntimeErrorCode>([
  'PLUGIN_CPU_LIMIT',
  'PLUGIN_CRASHED_HOST',
  'PLUGIN_OUT_OF_MEMORY',
  'PLUGIN_UNRESPONSIVE',
])

/** What the caller of `run` is told: the host's outcome, in the light of what the attempt was asked to do. */
export function resultOf(attempt: HostedAttempt, outcome: Outcome, usage: AttemptUsage): AttemptResult {
  // Whatever it ended in: it was told to stop, and has.
  if (attempt.abort?.reason === 'killed') return { status: 'KILLED', usage }
  if (attempt.abort?.reason === 'timeout' && outcome.status !== 'LOST' && !namesItsCause(outcome)) {
    const { packageName, version } = attempt.bundle
    const message = `${packageName}@${version} did not finish within ${attempt.wallTimeMs} ms.`
    const hint = 'Raise the task’s timeout, or find what it waits for.'
    return {
      status: 'FAILED',
      error: runtimeFault('PLUGIN_TIMEOUT', message, { hint }),
      retryable: true,
      usage,
    }
  }
  switch (outcome.status) {
    case 'SUCCESS':
    case 'FAILED':
      return { ...outcome, usage }
    case 'KILLED':
      return { status: 'KILLED', usage }
    case 'LOST':
      return outcome
    default:
      return outcome satisfies never
  }
}

function namesItsCause(outcome: Outcome): boolean {
  return outcome.status === 'FAILED' && CAUSES.has(outcome.error.code)
}

/** For an attempt that no host has seen. */
export function refused(error: unknown): AttemptResult {
  const retryable = error instanceof RuntimeError && error.traits.retryable
  return { status: 'FAILED', error: serializeError(error), retryable, usage: NOTHING_USED }
}

/** A host's refusal to load a bundle, as the error that `load` rejects with. */
export function loadError(error: SerializedError, stack: string | undefined): RuntimeError {
  const code =
    error.code === 'PLUGIN_OUT_OF_MEMORY' || error.code === 'PLUGIN_CPU_LIMIT'
      ? error.code
      : 'PLUGIN_LOAD_FAILED'
  const made = new RuntimeError(code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.at === undefined ? {} : { at: error.at }),
  })
  if (stack !== undefined) made.stack = stack
  return made
}
