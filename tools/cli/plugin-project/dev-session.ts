import {
  type BuildFault,
  BuildRefusedError,
  type BuildResult,
  createPluginBuilder,
} from '@pinion/plugin-sdk/build'
import { ProjectChanges } from './project-changes.ts'
import { TypeWatch } from './type-watch.ts'

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

/** Milliseconds in which a file that does not build may turn out to have been read while it was written. */
const DOUBT_MS = 30

type Built =
  | { readonly ok: true; readonly result: BuildResult }
  | { readonly ok: false; readonly tell: () => void }

/**
 * Watches a plugin project: each save is built and pushed. Saves that come while one is on its way are taken together
 * by the next; what they overtake is dropped. Ends when `signal` aborts.
 */
export async function runDevSession(
  directory: string,
  push: Push,
  events: DevEvents,
  signal: AbortSignal,
): Promise<void> {
  const builder = createPluginBuilder(directory)
  const changes = new ProjectChanges(directory, signal)
  const types = new TypeWatch(() => checkTypes(() => builder.checkTypes(), changes, events))
  try {
    for (let atMs = await changes.take(); atMs !== undefined; atMs = await changes.take()) {
      const built = await build(() => builder.assemble(), events)
      const isOvertaken = await changes.hasMore(built.ok ? 0 : DOUBT_MS)
      if (isOvertaken && changes.giveBack(atMs)) continue
      if (!built.ok) {
        built.tell()
        continue
      }
      const { result } = built
      // The server has no use for dist/, so that neither waits for the other.
      const [pushed, written] = await Promise.allSettled([push(result), builder.write(result)])
      if (pushed.status === 'fulfilled') events.live(result, performance.now() - atMs)
      else events.rejected(pushed.reason)
      if (written.status === 'rejected') events.rejected(written.reason)
      types.outdated()
    }
  } finally {
    changes.close()
    await types.settled()
    await builder.close()
  }
}

/** The check reads what is on disk: once that has changed, what it found is not about the code that is live. */
async function checkTypes(
  check: () => Promise<readonly BuildFault[]>,
  changes: ProjectChanges,
  events: DevEvents,
): Promise<void> {
  const checked = changes.count
  try {
    const faults = await check()
    await changes.hasMore()
    if (changes.count === checked) events.typed(faults)
  } catch (error) {
    events.rejected(error)
  }
}

async function build(rebuild: () => Promise<BuildResult>, events: DevEvents): Promise<Built> {
  try {
    return { ok: true, result: await rebuild() }
  } catch (error) {
    const tell = () =>
      error instanceof BuildRefusedError ? events.refused(error.faults) : events.rejected(error)
    return { ok: false, tell }
  }
}
