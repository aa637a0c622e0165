import { defineTask } from '@pinion/plugin-sdk'
import type { Properties } from './Log.gen.ts'
import { logAt } from './log-at.ts'

export default defineTask<Properties>({
  run({ message, level }, { log }) {
    for (const line of typeof message === 'string' ? [message] : message) logAt(log, level, line)
  },
})
