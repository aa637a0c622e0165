import { TaskError } from '@pinion/plugin-sdk'

export interface ResponseTimeouts {
  /** The task's own signal. */
  readonly signal: AbortSignal
  /** Milliseconds until the headers must be there. */
  readonly answerMs?: number
  /** Milliseconds that may pass between two parts of the body. */
  readonly idleMs: number
}

/** An answer whose body is watched: a pause that is too long ends it with an error. */
export interface WatchedResponse {
  readonly response: Response
  /** The body's parts; iterate once, to the end, or call `return` to let the rest go. */
  readonly body: AsyncGenerator<Uint8Array, void, undefined>
}

/** Fetches and watches the clock. @throws TaskError if nobody answers, or not in time */
export async function watchResponse(
  url: URL,
  request: RequestInit,
  { signal, answerMs, idleMs }: ResponseTimeouts,
): Promise<WatchedResponse> {
  const aborter = new AbortController()
  const abort = () => aborter.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const stop = () => signal.removeEventListener('abort', abort)
  const place = `${url.origin}${url.pathname}`
  try {
    const waiting = fetch(url.href, { ...request, signal: aborter.signal })
    const response = await within(waiting, answerMs, aborter, `${place} did not answer within ${answerMs} ms`)
    return { response, body: parts(response, idleMs, aborter, place, stop) }
  } catch (error) {
    stop()
    if (error instanceof TaskError || signal.aborted) throw error
    throw new TaskError(`${place} could not be reached: ${reasonOf(error)}`, { cause: error })
  }
}

/** Reads at most `maxBytes`; `isWhole` tells whether that was all. */
export async function readWithin(
  { body }: WatchedResponse,
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly isWhole: boolean }> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  let isWhole = true
  for await (const chunk of body) {
    const rest = maxBytes - sizeBytes
    chunks.push(chunk.subarray(0, rest))
    sizeBytes += Math.min(chunk.byteLength, rest)
    if (chunk.byteLength > rest) {
      isWhole = false
      break
    }
  }
  const bytes = new Uint8Array(sizeBytes)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return { bytes, isWhole }
}

async function* parts(
  response: Response,
  idleMs: number,
  aborter: AbortController,
  place: string,
  stop: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = response.body?.getReader()
  let isDone = reader === undefined
  try {
    while (reader !== undefined && !isDone) {
      const part = await within(reader.read(), idleMs, aborter, `${place} sent nothing for ${idleMs} ms`)
      isDone = part.done
      if (!part.done) yield part.value
    }
  } finally {
    // Also when the reader of this generator leaves early: the connection must not stay open.
    if (!isDone) await reader?.cancel().catch(() => undefined)
    stop()
  }
}

async function within<T>(
  promise: Promise<T>,
  limitMs: number | undefined,
  aborter: AbortController,
  message: string,
): Promise<T> {
  if (limitMs === undefined) return await promise
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new TaskError(`${message}.`))
      aborter.abort()
    }, limitMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message
}
