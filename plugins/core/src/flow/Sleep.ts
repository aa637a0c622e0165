import { defineTask } from '@pinion/plugin-sdk'
import { durationMs } from '../duration/duration.ts'
import type { Properties } from './Sleep.gen.ts'

export default defineTask<Properties>({
  async run({ duration }, context) {
    context.log.debug(`Sleeping for ${duration}`)
    await context.sleep(durationMs(duration))
  },
})
