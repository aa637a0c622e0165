import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PinionError } from '@pinion/core/errors'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Log } from '../log/index.ts'
import { events, json } from './answer.ts'
import { createHttpApp } from './app.ts'
import { jsonBody, noBody, sourceBody } from './body-reader.ts'
import { formBody, uploadBody } from './form-body.ts'
import { HttpListener } from './listener.ts'
import { defineRoute, type Route } from './route.ts'
import { RouteTable } from './route-table.ts'
import type { ErrorBody } from './status.ts'

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }
const ADMIN = { userId: 'u', username: 'ann', role: 'admin', tenant: 'main' } as const
const base = { tag: 'test', summary: '', role: 'open', query: Type.Object({}), body: noBody } as const

let thrown: unknown
const routes: readonly Route[] = [
  defineRoute({
    ...base,
    method: 'GET',
    path: '/throws',
    operationId: 'throws',
    handle: () => {
      throw thrown
    },
  }),
  defineRoute({
    ...base,
    method: 'GET',
    path: '/query',
    operationId: 'query',
    query: Type.Object({
      size: Type.Integer({ minimum: 1, maximum: 9, default: 3 }),
      state: Type.Optional(Type.Array(Type.String())),
      labels: Type.Optional(Type.Array(Type.String(), { 'x-repeated': true })),
    }),
    handle: ({ query }) => json(query),
  }),
  defineRoute({
    ...base,
    method: 'POST',
    path: '/json',
    operationId: 'json',
    body: jsonBody(Type.Object({ plugins: Type.Array(Type.String()) }, { additionalProperties: false })),
    handle: ({ body }) => json(body),
  }),
  defineRoute({
    ...base,
    method: 'POST',
    path: '/source',
    operationId: 'source',
    body: sourceBody,
    handle: ({ body }) => json(body),
  }),
  defineRoute({
    ...base,
    method: 'POST',
    path: '/form',
    operationId: 'form',
    body: formBody,
    handle: async ({ body }) =>
      json({
        fields: body.fields,
        files: await Promise.all(
          body.files.map(async (file) => [file.part, file.fileName, await readFile(file.path, 'utf8')]),
        ),
      }),
  }),
  defineRoute({
    ...base,
    method: 'POST',
    path: '/upload',
    operationId: 'upload',
    body: uploadBody,
    handle: ({ body }) => json(body.file.sizeBytes),
  }),
  defineRoute({
    ...base,
    method: 'GET',
    path: '/events',
    operationId: 'events',
    handle: ({ signal }) =>
      events(
        (async function* () {
          yield { id: 'start', data: undefined }
          yield { data: { n: 1 } }
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          aborted.resolve()
        })(),
      ),
  }),
  defineRoute({
    ...base,
    method: 'GET',
    path: '/api/v1/{tenant}/here',
    operationId: 'here',
    handle: ({ tenant }) => json(tenant),
  }),
]
const aborted = Promise.withResolvers<void>()

let url = ''
let scratchDir = ''
let isReady = true
let listener: HttpListener

beforeAll(async () => {
  scratchDir = await mkdtemp(join(tmpdir(), 'pinion-http-'))
  const app = createHttpApp({
    routes: new RouteTable(routes),
    mounts: [],
    authenticate: async () => ADMIN,
    isReady: () => isReady,
    limits: { textBytes: 1000, uploadBytes: 2000, formBytes: 2000 },
    scratchDir,
    baseUrl: () => url,
    closing: new AbortController().signal,
    log: silent,
  })
  listener = new HttpListener(app.callback())
  url = await listener.listen('127.0.0.1', 0)
})
afterAll(async () => {
  await listener.close(0)
  await rm(scratchDir, { recursive: true })
})

/** Errors and what the routes above answer. */
type Answered = ErrorBody & { readonly fields?: unknown }

async function call(
  path: string,
  init?: RequestInit,
): Promise<{ status: number; body: Answered; headers: Headers }> {
  const response = await fetch(url + path, init)
  const text = await response.text()
  return {
    status: response.status,
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  }
}

describe('errors', () => {
  test.each([
    ['FLOW_EXISTS', 'user', 422],
    ['FLOW_NOT_FOUND', 'user', 404],
    ['FLOW_INVALID', 'user', 422],
    ['EXECUTION_BACKPRESSURE', 'environment', 429],
    ['PLUGIN_VERSION_IN_USE', 'user', 409],
    ['STORE_UNREACHABLE', 'environment', 503],
    ['SOMETHING_ELSE', 'user', 400],
    ['SOMETHING_ELSE', 'bug', 500],
  ] as const)('%s of a %s is %i', async (code, kind, status) => {
    thrown = new PinionError(code, { kind, retryable: false }, 'It is so.', {
      hint: 'Do this.',
      at: { line: 3 },
    })
    expect(await call('/throws')).toMatchObject({
      status,
      body: { code, message: 'It is so.', hint: 'Do this.', at: { line: 3 } },
    })
  })

  test('what a client may come back for says when', async () => {
    thrown = new PinionError('EXECUTION_BACKPRESSURE', { kind: 'environment', retryable: true }, 'Full.')
    expect((await call('/throws')).headers.get('retry-after')).toBe('1')
  })

  test('an unknown error tells nothing but where to look', async () => {
    thrown = new TypeError('secret inside')
    const { status, body, headers } = await call('/throws', { headers: { 'x-request-id': 'my-id' } })
    expect(status).toBe(500)
    expect(JSON.stringify(body)).not.toContain('secret')
    expect(JSON.stringify(body)).not.toContain('at ')
    expect(body.hint).toContain('my-id')
    expect(headers.get('x-request-id')).toBe('my-id')
  })

  test('problems of any room come along', async () => {
    thrown = Object.assign(new PinionError('FLOW_INVALID', { kind: 'user', retryable: false }, 'Two.'), {
      faults: [{ message: 'a', path: 'x' }, { message: 'b' }],
    })
    expect((await call('/throws')).body.problems).toEqual([{ message: 'a', path: 'x' }, { message: 'b' }])
  })
})

describe('routing', () => {
  test('an unknown path is 404 and an unknown method 405, both as JSON', async () => {
    expect(await call('/nowhere')).toMatchObject({ status: 404, body: { code: 'HTTP_ROUTE_NOT_FOUND' } })
    const { status, headers } = await call('/json')
    expect([status, headers.get('allow')]).toEqual([405, 'OPTIONS, POST'])
    expect((await call('/json', { method: 'PROPFIND' })).status).toBe(405)
  })

  test('OPTIONS tells the methods, HEAD answers like GET without a body', async () => {
    const { status, headers } = await call('/query', { method: 'OPTIONS' })
    expect([status, headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
    expect(await call('/query', { method: 'HEAD' })).toMatchObject({ status: 200, body: undefined })
  })

  test('broken encoding is the client’s mistake', async () => {
    expect((await call('/%zz')).status).toBe(400)
  })

  test('a path without a tenant means main, an unknown tenant is refused', async () => {
    expect((await call('/api/v1/here')).body).toBe('main')
    expect((await call('/api/v1/main/here')).body).toBe('main')
    expect((await call('/api/v1/other/here')).status).toBe(404)
  })

  test('health follows readiness', async () => {
    expect(await call('/health')).toMatchObject({ status: 200, body: { status: 'UP' } })
    isReady = false
    expect(await call('/health')).toMatchObject({ status: 503, body: { status: 'DOWN' } })
    isReady = true
  })
})

describe('queries', () => {
  test('values get their types, lists come repeated or with commas', async () => {
    expect((await call('/query?size=5&state=A,B&state=C&labels=a:1,2&unknown=1')).body).toEqual({
      size: 5,
      state: ['A', 'B', 'C'],
      labels: ['a:1,2'],
    })
    expect((await call('/query')).body).toEqual({ size: 3 })
  })

  test.each(['?size=10', '?size=x', '?size=1&size=2'])('%s is refused', async (search) => {
    expect(await call(`/query${search}`)).toMatchObject({
      status: 400,
      body: { code: 'HTTP_REQUEST_INVALID' },
    })
  })
})

describe('bodies', () => {
  const post = (path: string, body: NonNullable<RequestInit['body']>, type = 'application/json') =>
    call(path, { method: 'POST', body, headers: { 'content-type': type } })

  test('malformed JSON is 400 and says where', async () => {
    expect(await post('/json', '{\n  "plugins": [}\n')).toMatchObject({
      status: 400,
      body: { code: 'HTTP_BODY_INVALID', at: { line: 2, column: 15 } },
    })
    expect((await post('/json', '{')).body.at).toEqual({ line: 1, column: 2 })
    expect((await post('/json', '')).status).toBe(400)
  })

  test('all faults against the schema come at once', async () => {
    const { body } = await post('/json', '{"plugins":[1,2],"extra":true}')
    expect(body.problems?.map(({ path }) => path)).toEqual(['body', 'body.plugins.0', 'body.plugins.1'])
  })

  test('deep nesting and __proto__ are refused', async () => {
    expect((await post('/json', `${'['.repeat(400)}${']'.repeat(400)}`)).body.message).toContain(
      'nested too deeply',
    )
    expect((await post('/json', '{"__proto__":{"x":1}}')).body.message).toContain('__proto__')
  })

  test('too large is 413, whether declared or streamed', async () => {
    expect((await post('/source', 'x'.repeat(1001), 'application/x-yaml')).status).toBe(413)
    const stream = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 20; sent++) controller.enqueue(Buffer.alloc(100, 'x'))
        controller.close()
      },
    })
    const response = await fetch(`${url}/source`, { method: 'POST', body: stream, duplex: 'half' })
    expect(response.status).toBe(413)
  })

  test('a wrong type and a compressed body are 415, broken UTF-8 is 400', async () => {
    expect((await post('/json', 'a: 1', 'application/xml')).status).toBe(415)
    const gzip = await call('/json', { method: 'POST', body: '{}', headers: { 'content-encoding': 'gzip' } })
    expect(gzip.status).toBe(415)
    expect((await post('/source', new Uint8Array([0xff, 0xfe]), 'application/x-yaml')).status).toBe(400)
  })

  test('a form gives fields and files, and leaves no file behind', async () => {
    const form = new FormData()
    form.append('name', 'Ann')
    form.append('data', new Blob(['content']), '../../etc/passwd')
    const { body } = await call('/form', { method: 'POST', body: form })
    expect(body).toEqual({ fields: { name: 'Ann' }, files: [['data', 'passwd', 'content']] })
    expect((await post('/form', '{"n":1,"o":{"a":[true]}}')).body.fields).toEqual({ n: 1, o: { a: [true] } })
    expect((await call('/form', { method: 'POST' })).body).toEqual({ fields: {}, files: [] })
    expect(await readdir(scratchDir)).toEqual([])
  })

  test('a form is bounded in size and parts, and broken ones are refused', async () => {
    const many = new FormData()
    for (let part = 0; part < 300; part++) many.append(`p${part}`, '')
    expect((await call('/form', { method: 'POST', body: many })).status).toBeGreaterThanOrEqual(400)
    const large = new FormData()
    large.append('file', new Blob(['x'.repeat(3000)]), 'x')
    expect((await call('/form', { method: 'POST', body: large })).status).toBe(413)
    expect((await post('/form', 'x', 'multipart/form-data')).status).toBe(400)
    expect((await post('/form', '--a\r\nbroken', 'multipart/form-data; boundary=a')).status).toBe(400)
    expect(await readdir(scratchDir)).toEqual([])
  })

  test('an upload is a form’s file or the body itself', async () => {
    const form = new FormData()
    form.append('file', new Blob(['12345']), 'x.tgz')
    expect((await call('/upload', { method: 'POST', body: form })).body).toBe(5)
    expect((await post('/upload', '1234', 'application/octet-stream')).body).toBe(4)
    expect((await post('/upload', '', 'application/octet-stream')).status).toBe(400)
    expect((await post('/upload', 'x'.repeat(2001), 'application/octet-stream')).status).toBe(413)
  })
})

test('events come as they happen, and the source hears when the reader goes away', async () => {
  const reader = new AbortController()
  const response = await fetch(`${url}/events`, { signal: reader.signal })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes('"n"')) break
  }
  expect(text).toBe('id: start\ndata: \n\ndata: {"n":1}\n\n')
  reader.abort()
  await aborted.promise
})

test('what is no HTTP is answered with 400, and the server goes on', async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => resolve(text))
  })
  expect(answer).toContain('HTTP/1.1 400')
  expect((await call('/health')).status).toBe(200)
})
