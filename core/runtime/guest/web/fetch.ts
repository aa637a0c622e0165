import { CHUNK_BYTES } from '../../limits.ts'
import { toChunks } from '../bytes.ts'
import type { GuestRealm } from '../realm.ts'
import { Blob, File } from './blob.ts'
import { FormData } from './form-data.ts'
import { Headers } from './headers.ts'
import { Request, type RequestInit } from './request.ts'
import { mark, Response } from './response.ts'

/** The host's answer to `fetch.open`. `body`: number of the host's stream; absent without a body. */
interface FetchAnswer {
  readonly status: number
  readonly statusText: string
  readonly headers: readonly (readonly [string, string])[]
  readonly url: string
  readonly redirected: boolean
  readonly body?: number
}

/** https://fetch.spec.whatwg.org/#fetch-method. The request itself is made by the host, under the plugin's permissions. */
export function installFetch(realm: GuestRealm) {
  const takeSource = Request.sourceOf
  const fetch = async (input: Request | URL | string, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(input, init)
    const { signal } = request
    signal.throwIfAborted()
    const attempt = realm.current()
    const source = takeSource(request)
    const isSmall = source.bytes !== undefined && source.bytes.byteLength <= CHUNK_BYTES
    const data =
      isSmall || (source.bytes === undefined && source.stream === undefined) ? undefined : source.bytes
    const upload =
      data === undefined && source.stream === undefined
        ? undefined
        : Number((await realm.call('fetch.upload', {}, undefined, { attempt })).value)

    const params = {
      url: request.url,
      method: request.method,
      headers: [...request.headers],
      redirect: request.redirect,
      ...(upload === undefined ? {} : { upload, sizeBytes: data?.byteLength }),
    }
    const answer = await new Promise<FetchAnswer>((resolve, reject) => {
      const onAbort: (() => void)[] = []
      const opened = realm.call('fetch.open', params, isSmall ? source.bytes : undefined, {
        attempt,
        onBegin: (cancel) => onAbort.push(cancel),
      })
      const abort = (): void => {
        for (const cancel of onAbort) cancel()
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      if (upload !== undefined) send(realm, attempt, upload, data ?? source.stream).catch(reject)
      opened
        .then(({ value }) => resolve(value as FetchAnswer), reject)
        .finally(() => signal.removeEventListener('abort', abort))
    })
    return toResponse(realm, attempt, answer, request)
  }
  return { fetch, Headers, Request, Response, Blob, File, FormData }
}

/** Sends a request body piece by piece; each waits until the host has room. */
async function send(
  realm: GuestRealm,
  attempt: number,
  upload: number,
  data: Uint8Array | ReadableStream<Uint8Array> | undefined,
): Promise<void> {
  try {
    for await (const chunk of toChunks(data ?? '', CHUNK_BYTES)) {
      await realm.call('stream.write', { stream: upload }, chunk, { attempt })
    }
    await realm.call('stream.end', { stream: upload }, undefined, { attempt })
  } catch (error) {
    await realm.call('stream.destroy', { stream: upload }, undefined, { attempt })
    throw error
  }
}

function toResponse(realm: GuestRealm, attempt: number, answer: FetchAnswer, request: Request): Response {
  const stream = answer.body === undefined ? null : realm.use('streams').readHostStream(answer.body)
  if (answer.body !== undefined) {
    const { signal } = request
    signal.addEventListener('abort', () => {
      realm
        .call('stream.destroy', { stream: answer.body, reason: 'aborted' }, undefined, { attempt })
        .catch(() => {})
    })
  }
  const response = new Response(stream as ReadableStream<Uint8Array> | null, {
    status: answer.status,
    statusText: answer.statusText,
    headers: answer.headers,
  })
  return mark(response, { url: answer.url, redirected: answer.redirected, type: 'basic' })
}

declare module '../realm.ts' {
  interface ChunkExports {
    readonly fetch: ReturnType<typeof installFetch>
  }
}
