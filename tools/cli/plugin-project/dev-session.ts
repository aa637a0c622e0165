import { watch } from 'node:fs'
import { sep } from 'node:path'
import {
  type BuildFault,
  BuildRefusedError,
  type BuildResult,
  createPluginBuilder,
} from '@pinion/plugin-sdk/build'

/** What a development session tells as it goes. */
export interface DevEvents {
  /** The new code is what the next run uses. @param tookMs - from the change to live */
  live(result: BuildResult, tookMs: number): void
  /** The change does not build; what was live before still serves. */
  refused(faults: readonly BuildFault[]): void
  /** The server would not take it; what was live before still serves. */
  rejected(error: unknown): void
  /** The TypeScript check, which runs after the code is live; empty when all is well again. */
  typed(faults: readonly BuildFault[]): void
}

/** Makes a build live on a server. */
export type Push = (result: BuildResult) => Promise<void>

const IGNORED = new Set(['dist', 'node_modules', '.git', '.pinion'])

/**
 * Watches a plugin project: each save is built and pushed. Saves that come while one is on its way are taken together
 * by the next. Ends when `signal` aborts.
 */
export async function runDevSession(
  directory: string,
  push: Push,
  events: DevEvents,
  signal: AbortSignal,
): Promise<void> {
  const builder = createPluginBuilder(directory)
  let changedAtMs: number | undefined = performance.now()
  let wake: () => void = () => undefined
  const watcher = watch(directory, { recursive: true, signal }, (_event, file) => {
    if (file === null || IGNORED.has(file.split(sep)[0] ?? '') || file.endsWith('.gen.ts')) return
    changedAtMs ??= performance.now()
    wake()
  })
  watcher.on('error', () => wake())
  signal.addEventListener('abort', () => wake(), { once: true })

  let typing: Promise<void> | undefined
  try {
    while (!signal.aborted) {
      if (changedAtMs === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      const startedAtMs = changedAtMs
      changedAtMs = undefined
      const result = await attempt(() => builder.rebuild(), events)
      if (result === undefined) continue
      try {
        await push(result)
        events.live(result, performance.now() - startedAtMs)
      } catch (error) {
        events.rejected(error)
      }
      typing ??= builder
        .checkTypes()
        .then(events.typed, events.rejected)
        .finally(() => {
          typing = undefined
        })
    }
  } finally {
    watcher.close()
    await typing
    await builder.close()
  }
}

async function attempt(
  build: () => Promise<BuildResult>,
  events: DevEvents,
): Promise<BuildResult | undefined> {
  try {
    return await build()
  } catch (error) {
    if (error instanceof BuildRefusedError) events.refused(error.faults)
    else events.rejected(error)
    return undefined
  }
}
