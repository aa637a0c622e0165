import { Stage } from './stage.ts'
import { STORY } from './story.ts'
import { tellOn } from './teller.ts'

// `npm run demo`: the whole story against a throwaway server; the exit code says whether all of it held.
const teller = tellOn(process.stdout)
const startedAtMs = performance.now()
try {
  await using stage = await Stage.open({ teller })
  for (const { title, play } of STORY) {
    teller.step(title)
    await play(stage)
  }
  process.stdout.write(`\nAll of it held, in ${Math.round((performance.now() - startedAtMs) / 1000)} s.\n`)
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
}
