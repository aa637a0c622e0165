import { defineTask } from '@pinion/plugin-sdk'
import type { Outputs, Properties } from './Return.gen.ts'

export default defineTask<Properties, Outputs>({
  run({ format }, { metrics }) {
    const startedAtMs = performance.now()
    const outputs = format === undefined ? {} : { value: format }
    metrics.counter('length', format?.length ?? 0)
    metrics.timer('duration', performance.now() - startedAtMs)
    return outputs
  },
})
