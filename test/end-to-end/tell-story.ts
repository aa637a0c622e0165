import { type SharedDatabase, STORY, Stage, silent } from '@pinion/tools/demo'
import { afterAll, beforeAll, describe, test } from 'vitest'

/** Milliseconds. The first step installs a plugin project's tools from the public registry. */
const STEP_TIMEOUT_MS = 180_000
const OPEN_TIMEOUT_MS = 120_000

/**
 * The story that `npm run demo` plays, a test for each of its steps. They follow each other: after one that fails, the
 * others are skipped.
 *
 * @param database - default: SQLite in the data folder
 */
export function tellStory(store: string, database?: () => Promise<SharedDatabase>): void {
  describe(`publish, pin and hot-reload a plugin, on ${store}`, () => {
    let stage: Stage | undefined
    let hasFailed = false
    beforeAll(async () => {
      stage = await Stage.open({
        teller: silent,
        ...(database === undefined ? {} : { database: await database() }),
      })
    }, OPEN_TIMEOUT_MS)
    afterAll(() => stage?.[Symbol.asyncDispose]())

    for (const { title, play } of STORY) {
      test(title, { timeout: STEP_TIMEOUT_MS }, async ({ skip }) => {
        if (hasFailed || stage === undefined) return skip('an earlier step failed')
        hasFailed = true
        await play(stage)
        hasFailed = false
      })
    }
  })
}
