import type { Stage } from './stage.ts'

/** One step of the story. Steps follow each other on one stage: each finds what those before it left. */
export interface Scene {
  readonly title: string
  /** @throws StoryError if the evidence is wrong; Error if something does not work at all */
  play(stage: Stage): Promise<void>
}
