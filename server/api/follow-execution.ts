import { type ExecutionEngine, type ExecutionSnapshot, TERMINAL_STATES } from '@pinion/core/execution'
import type { ServerEvent } from '../http/index.ts'
import { executionView } from './view/execution-view.ts'

export interface FollowOptions {
  readonly tenant: string
  readonly executionId: string
  readonly signal: AbortSignal
  readonly baseUrl: string
}

/**
 * An empty event, the execution as it is, then again after each change until it ends. A reader slower than the changes
 * gets the newest only: each event holds the whole.
 */
export async function* followExecution(
  engine: ExecutionEngine,
  options: FollowOptions,
): AsyncGenerator<ServerEvent> {
  const { tenant, executionId, signal, baseUrl } = options
  yield { id: 'start', data: undefined }
  let newest: ExecutionSnapshot | undefined
  let changed = Promise.withResolvers<void>()
  const stop = engine.subscribe(executionId, (snapshot) => {
    newest = snapshot
    changed.resolve()
  })
  const abort = (): void => changed.resolve()
  signal.addEventListener('abort', abort)
  try {
    // Subscribed before this look, so that a change between the two is not missed.
    newest ??= await engine.get(tenant, executionId)
    while (!signal.aborted) {
      if (newest === undefined) {
        await changed.promise
        changed = Promise.withResolvers<void>()
        continue
      }
      const { execution, taskRuns }: ExecutionSnapshot = newest
      newest = undefined
      const hasEnded = TERMINAL_STATES.has(execution.state)
      yield { id: hasEnded ? 'end' : 'progress', data: executionView(execution, taskRuns, baseUrl) }
      if (hasEnded) return
    }
  } finally {
    stop()
    signal.removeEventListener('abort', abort)
  }
}
