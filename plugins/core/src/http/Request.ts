import { defineTask, TaskError } from '@pinion/plugin-sdk'
import { exchange, headerLists } from './exchange.ts'
import { MAX_TEXT_BODY_BYTES } from './limits.ts'
import type { Outputs, Properties } from './Request.gen.ts'
import { readWithin } from './watch-response.ts'

const DEFAULT_CHARSET = 'UTF-8'

export default defineTask<Properties, Outputs>({
  async run(properties, context) {
    const answer = await exchange(properties, context)
    const { response } = answer
    const { bytes, isWhole } = await readWithin(answer, MAX_TEXT_BODY_BYTES)
    if (!isWhole) {
      throw new TaskError(
        `The answer has more than ${MAX_TEXT_BODY_BYTES / 1024 / 1024} MB. Use io.kestra.plugin.core.http.Download, which stores it as a file.`,
        { retryable: false },
      )
    }
    context.metrics.counter('response.length', bytes.byteLength)
    return {
      uri: response.url === '' ? properties.uri : response.url,
      code: response.status,
      headers: headerLists(response.headers),
      body: decode(bytes, response.headers.get('content-type'), properties.options?.defaultCharset),
    }
  },
})

function decode(bytes: Uint8Array, contentType: string | null, defaultCharset = DEFAULT_CHARSET): string {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1] ?? defaultCharset
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    throw new TaskError(`The answer's charset "${charset}" is not known.`, { retryable: false })
  }
}
