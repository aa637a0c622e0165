import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testPlugin } from './testing/test-plugin.ts'
import { TestRuntime } from './testing/test-runtime.ts'
import { WEB_API_CASES } from './testing/web-api-cases.ts'

describe('the global scope of an isolate is the Minimum Common Web API', () => {
  let runtime: TestRuntime
  beforeAll(() => {
    runtime = new TestRuntime({ hosts: 1 })
  })
  afterAll(async () => {
    await runtime[Symbol.asyncDispose]()
  })

  test.each(WEB_API_CASES)('$name', async ({ code, gives }) => {
    const bundle = testPlugin({ 'web.Case': `{ kind: 'task', async run() { ${code} } }` })
    expect(await runtime.outputs(bundle, 'web.Case')).toEqual(gives)
  })

  test('every global that the standard asks for is there, and none is enumerable', async () => {
    const names = [
      'AbortController AbortSignal Blob ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy CryptoKey',
      'DecompressionStream DOMException ErrorEvent Event EventTarget File FormData Headers PromiseRejectionEvent',
      'ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest',
      'ReadableStreamDefaultController ReadableStreamDefaultReader Request Response SubtleCrypto TextDecoder',
      'TextDecoderStream TextEncoder TextEncoderStream TransformStream TransformStreamDefaultController URL URLPattern',
      'URLSearchParams WritableStream WritableStreamDefaultController WritableStreamDefaultWriter globalThis self atob',
      'btoa clearInterval clearTimeout console crypto fetch navigator performance queueMicrotask reportError',
      'setInterval setTimeout structuredClone setImmediate clearImmediate',
    ]
      .join(' ')
      .split(' ')
    const bundle = testPlugin({
      'web.Names': `{ kind: 'task', run: ({ names }) => ({ missing: names.filter((name) => globalThis[name] === undefined), enumerable: Object.keys(globalThis) }) }`,
    })
    expect(await runtime.outputs(bundle, 'web.Names', { names })).toEqual({ missing: [], enumerable: [] })
  })
})
