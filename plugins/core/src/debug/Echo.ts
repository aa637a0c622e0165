import { defineTask } from '@pinion/plugin-sdk'
import { logAt } from '../log/log-at.ts'
import type { Properties } from './Echo.gen.ts'

export default defineTask<Properties>({
  run({ format, level }, { log }) {
    logAt(log, level, format)
  },
})
