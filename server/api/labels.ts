import type { Label } from '@pinion/core/execution'
import { ServerError } from '../errors.ts'

/** `key:value` texts into labels; a value may hold colons. @throws ServerError `HTTP_REQUEST_INVALID` */
export function parseLabels(texts: readonly string[]): readonly Label[] {
  return texts.map((text) => {
    const colon = text.indexOf(':')
    if (colon > 0) return { key: text.slice(0, colon), value: text.slice(colon + 1) }
    throw new ServerError('HTTP_REQUEST_INVALID', `"${text}" is not a label.`, {
      at: { path: 'query.labels' },
      hint: 'Write labels=key:value.',
    })
  })
}
