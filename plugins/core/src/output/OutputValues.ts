import { defineTask } from '@pinion/plugin-sdk'
import type { Outputs, Properties } from './OutputValues.gen.ts'

export default defineTask<Properties, Outputs>({
  run: ({ values }) => ({ values }),
})
