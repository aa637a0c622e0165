import { defineTask, TaskError } from '@pinion/plugin-sdk'
import type { Outputs, Properties } from './Download.gen.ts'
import { exchange, headerLists } from './exchange.ts'
import { fileNameOf } from './file-name.ts'

export default defineTask<Properties, Outputs>({
  async run(properties, context) {
    const { response, body } = await exchange(properties, context)
    const counted = countBytes(body)
    const name =
      properties.saveAs ??
      fileNameOf(response.headers.get('content-disposition'), response.url || properties.uri)
    const uri = await context.storage.put(name, counted.stream)
    const length = counted.sizeBytes()
    if (length === 0 && properties.failOnEmptyResponse) {
      await context.storage.delete(uri)
      throw new TaskError('The answer has no body. Set `failOnEmptyResponse: false` to allow that.')
    }
    context.metrics.counter('response.length', length)
    const announced = response.headers.get('content-length')
    return {
      uri,
      code: response.status,
      headers: headerLists(response.headers),
      length,
      ...(announced === null ? {} : { contentLength: Number(announced) }),
    }
  },
})

/** One part at a time: what storage has not taken is not fetched. */
function countBytes(body: AsyncGenerator<Uint8Array, void, undefined>): {
  readonly stream: ReadableStream<Uint8Array>
  readonly sizeBytes: () => number
} {
  let sizeBytes = 0
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const part = await body.next()
        if (part.done) {
          controller.close()
          return
        }
        sizeBytes += part.value.byteLength
        controller.enqueue(part.value)
      },
      async cancel() {
        await body.return()
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, sizeBytes: () => sizeBytes }
}
