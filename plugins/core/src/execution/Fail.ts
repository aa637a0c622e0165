import { defineTask, TaskError } from '@pinion/plugin-sdk'
import type { Properties } from './Fail.gen.ts'

export default defineTask<Properties>({
  run({ condition, errorMessage }) {
    if (condition === undefined || isTrue(condition)) throw new TaskError(errorMessage)
  },
})

/** As everywhere in flows: false, 0, -0, an empty text and the text `false` do not hold, all else does. */
function isTrue(condition: string | number | boolean): boolean {
  if (typeof condition !== 'string') return Boolean(condition)
  return !['', 'false', '0', '-0', 'null'].includes(condition.trim().toLowerCase())
}
