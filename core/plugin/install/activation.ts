import type { BundleRef } from '../../runtime/index.ts'
import { PluginError } from '../errors.ts'

/** A live worker, as far as installing goes. */
export interface Activator {
  /** For messages: which worker this is. */
  readonly name: string
  /** Loads a version ready to run. Idempotent. Rejects with the reason if it cannot. */
  load(bundle: BundleRef): Promise<void>
}

/**
 * Has every worker load a version. Waits for all of them, so that one message names every worker that failed.
 *
 * @throws PluginError `PLUGIN_ACTIVATION_FAILED`, or `PLUGIN_ACTIVATION_TIMEOUT` if workers were only slow
 */
export async function loadEverywhere(
  bundle: BundleRef,
  activators: readonly Activator[],
  timeoutMs: number,
): Promise<void> {
  const outcomes = await Promise.all(activators.map((activator) => loadWithin(activator, bundle, timeoutMs)))
  const faults = outcomes.filter((fault) => fault !== undefined)
  if (faults.length === 0) return
  const isTimeout = faults.every((fault) => fault.isTimeout)
  throw new PluginError(
    isTimeout ? 'PLUGIN_ACTIVATION_TIMEOUT' : 'PLUGIN_ACTIVATION_FAILED',
    `${bundle.packageName}@${bundle.version} cannot be activated: ${faults.map(({ reason }) => reason).join('; ')}`,
    {
      hint: isTimeout
        ? 'Every worker must load a version before it is activated. Look at the slow ones, then install it again.'
        : 'Mend the plugin and publish a new version. What was active before still is.',
      cause: faults[0]?.cause,
    },
  )
}

interface LoadFault {
  readonly reason: string
  readonly isTimeout: boolean
  readonly cause?: unknown
}

async function loadWithin(
  activator: Activator,
  bundle: BundleRef,
  timeoutMs: number,
): Promise<LoadFault | undefined> {
  const { promise: timeout, resolve } = Promise.withResolvers<LoadFault>()
  const timer = setTimeout(
    () => resolve({ reason: `${activator.name}: not loaded within ${timeoutMs} ms`, isTimeout: true }),
    timeoutMs,
  )
  const load = activator.load(bundle).then(
    () => undefined,
    (cause: unknown) => ({ reason: `${activator.name}: ${messageOf(cause)}`, isTimeout: false, cause }),
  )
  try {
    return await Promise.race([load, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
