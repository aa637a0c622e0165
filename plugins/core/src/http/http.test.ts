import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { runTask, type TaskContextOverrides } from '@pinion/plugin-sdk/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import Download from './Download.ts'
import Request from './Request.ts'

const requestSchema = new URL('./Request.schema.yaml', import.meta.url)
const downloadSchema = new URL('./Download.schema.yaml', import.meta.url)

/** Answers `/echo` with the request as JSON, and some paths in ways of their own. */
const server = createServer((request, response) => void answer(request, response))
let base = ''

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  base = `http://127.0.0.1:${address.port}`
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

test('a GET gives code, headers as lists and the body as text', async () => {
  const { outputs, metrics } = await request({ uri: `${base}/echo` })
  expect(outputs).toMatchObject({ uri: `${base}/echo`, code: 200 })
  expect(outputs.headers).toMatchObject({
    'content-type': ['application/json'],
    'set-cookie': ['a=1', 'b=2'],
  })
  expect(JSON.parse(outputs.body)).toMatchObject({ method: 'GET', url: '/echo', body: '' })
  expect(metrics).toMatchObject([{ name: 'response.length', value: outputs.body.length }])
})

test('parameters join those of the address; brackets need no encoding', async () => {
  const echo = await echoed({ uri: `${base}/echo?filters[q][EQ]=x`, params: { tag: ['a', 'b c'], n: 1 } })
  expect(decodeURIComponent(echo.url)).toBe('/echo?filters[q][EQ]=x&tag=a&tag=b+c&n=1')
})

test('a text body is sent as it is, with the content type that was named', async () => {
  const echo = await echoed({
    method: 'put',
    body: '{"a":1}',
    contentType: 'application/json',
    headers: { 'x-n': 7 },
  })
  expect(echo).toMatchObject({ method: 'PUT', body: '{"a":1}' })
  expect(echo.headers).toMatchObject({ 'content-type': 'application/json', 'x-n': '7' })
})

test('a map as body is sent as JSON; a header of the author wins over the content type', async () => {
  expect(await echoed({ method: 'POST', body: { a: [1] } })).toMatchObject({
    body: '{"a":[1]}',
    headers: { 'content-type': 'application/json' },
  })
  const own = await echoed({
    method: 'POST',
    body: 'x',
    contentType: 'a/b',
    headers: { 'Content-Type': 'c/d' },
  })
  expect(own.headers['content-type']).toBe('c/d')
})

test('form data is URL-encoded, JSON or multipart, as its content type says', async () => {
  const formData = { user: 'John Doe', age: 42 }
  expect(await echoed({ method: 'POST', formData })).toMatchObject({
    body: 'user=John+Doe&age=42',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect((await echoed({ method: 'POST', formData, contentType: 'application/json' })).body).toBe(
    '{"user":"John Doe","age":42}',
  )
  const multipart = await echoed({ method: 'POST', formData, contentType: 'multipart/form-data' })
  expect(multipart.headers['content-type']).toMatch(/^multipart\/form-data; ?boundary=/)
  expect(multipart.body).toContain('name="user"\r\n\r\nJohn Doe')
})

test('a multipart form sends stored files under their names', async () => {
  const uri = 'kestra:///company/team/data.csv'
  const { body } = await echoed(
    {
      method: 'POST',
      contentType: 'multipart/form-data',
      formData: { plain: uri, named: { name: 'report.csv', content: uri, contentType: 'text/csv' } },
    },
    { files: { [uri]: 'id\n1\n' } },
  )
  expect(body).toContain('name="plain"; filename="data.csv"')
  expect(body).toContain('name="named"; filename="report.csv"\r\nContent-Type: text/csv\r\n\r\nid\n1\n')
})

test('credentials become an Authorization header, from options, from auth or in the old form', async () => {
  const authorization = async (properties: object) => (await echoed(properties)).headers['authorization']
  const basic = `Basic ${Buffer.from('user:pass wörd').toString('base64')}`
  const user = { type: 'BASIC', username: 'user', password: 'pass wörd' }
  expect(await authorization({ options: { auth: { type: 'BEARER', token: 't0k' } } })).toBe('Bearer t0k')
  expect(await authorization({ auth: user })).toBe(basic)
  expect(await authorization({ auth: user, options: { auth: { type: 'BEARER', token: 'wins' } } })).toBe(
    'Bearer wins',
  )
  expect(await authorization({ options: { basicAuthUser: 'user', basicAuthPassword: 'pass wörd' } })).toBe(
    basic,
  )
  expect(await authorization({})).toBeUndefined()
})

test('a code of 400 or above fails the task with what the server said', async () => {
  await expect(request({ uri: `${base}/status/404` })).rejects.toMatchObject({
    name: 'TaskError',
    message: `${base}/status/404 answered 404 with the body: status 404`,
  })
})

test('a failed answer is an output where options allow it', async () => {
  const uri = `${base}/status/404`
  expect((await request({ uri, options: { allowFailed: true } })).outputs).toMatchObject({
    code: 404,
    body: 'status 404',
  })
  expect((await request({ uri, options: { allowedResponseCodes: [404] } })).outputs.code).toBe(404)
  await expect(request({ uri, options: { allowedResponseCodes: [500] } })).rejects.toThrow('answered 404')
})

test('redirects are followed unless options say no', async () => {
  expect((await request({ uri: `${base}/redirect` })).outputs).toMatchObject({
    code: 200,
    uri: `${base}/echo`,
  })
  const { outputs } = await request({ uri: `${base}/redirect`, options: { followRedirects: false } })
  expect(outputs).toMatchObject({ code: 302, headers: { location: ['/echo'] } })
})

test('the charset of the answer is honoured, the default where it names none', async () => {
  expect((await request({ uri: `${base}/latin1?named` })).outputs.body).toBe('café')
  const options = { defaultCharset: 'ISO-8859-1' }
  expect((await request({ uri: `${base}/latin1`, options })).outputs.body).toBe('café')
  await expect(request({ uri: `${base}/latin1`, options: { defaultCharset: 'klingon' } })).rejects.toThrow(
    '"klingon" is not known',
  )
})

test('a server that does not answer in time fails the task', async () => {
  const options = { timeout: { connectTimeout: 'PT0.05S' } }
  await expect(request({ uri: `${base}/silent`, options })).rejects.toThrow(
    `${base}/silent did not answer within 50 ms.`,
  )
})

test('a body that stops halfway fails the task', async () => {
  const options = { timeout: { readIdleTimeout: 'PT0.05S' } }
  await expect(request({ uri: `${base}/stalls`, options })).rejects.toThrow('sent nothing for 50 ms')
  await expect(download({ uri: `${base}/stalls`, options })).rejects.toThrow('sent nothing for 50 ms')
})

test('a killed attempt ends its request', async () => {
  const killer = new AbortController()
  const running = request({ uri: `${base}/silent?kill` }, { signal: killer.signal })
  await seen('/silent?kill')
  killer.abort(new Error('killed'))
  await expect(running).rejects.toThrow('killed')
})

test('an answer too large for an output is refused in favour of Download, and stops coming', async () => {
  await expect(request({ uri: `${base}/large` })).rejects.toThrow('Use io.kestra.plugin.core.http.Download')
  const { outputs, files } = await download({ uri: `${base}/large` })
  expect(outputs.length).toBe(LARGE_BYTES)
  expect(files.get(outputs.uri)?.byteLength).toBe(LARGE_BYTES)
})

test('an address that is none is refused without a request', async () => {
  await expect(request({ uri: 'dummyjson.com' })).rejects.toMatchObject({
    name: 'TaskError',
    retryable: false,
  })
  await expect(request({ uri: 'file:///etc/passwd' })).rejects.toThrow('must start with http:// or https://')
})

test('a server that is not there fails the task by its address', async () => {
  await expect(request({ uri: 'http://127.0.0.1:1/x' })).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:1\/x could not be reached/,
  )
})

test('a download is stored under the name that the server or the author gives', async () => {
  const { outputs, files, metrics } = await download({ uri: `${base}/file/orders.csv` })
  expect(outputs).toMatchObject({ code: 200, length: 10, contentLength: 10 })
  expect(outputs.uri).toMatch(/^kestra:\/\/\/.*orders\.csv$/)
  expect(Buffer.from(files.get(outputs.uri) ?? []).toString()).toBe('0123456789')
  expect(metrics).toMatchObject([{ name: 'response.length', value: 10 }])
  expect((await download({ uri: `${base}/named` })).outputs.uri).toMatch(/-evil\.txt$/)
  expect((await download({ uri: `${base}/named`, saveAs: 'mine.bin' })).outputs.uri).toMatch(/-mine\.bin$/)
})

test('an empty download fails unless it is allowed, and leaves no file behind', async () => {
  await expect(download({ uri: `${base}/empty` })).rejects.toThrow('The answer has no body')
  const { outputs, files } = await download({ uri: `${base}/empty`, failOnEmptyResponse: false })
  expect([outputs.length, files.size]).toEqual([0, 1])
})

const LARGE_BYTES = 11 * 1024 * 1024
const seenUrls = new Map<string, () => void>()

/** Resolves once the server has got a request for `url`. */
function seen(url: string): Promise<void> {
  return new Promise((resolve) => seenUrls.set(url, resolve))
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', base)
  seenUrls.get(request.url ?? '')?.()
  const [, first = '', second = ''] = pathname.split('/')
  switch (first) {
    case 'echo':
      response.setHeader('set-cookie', ['a=1', 'b=2']).setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({
          method: request.method,
          url: request.url,
          headers: request.headers,
          body: await textOf(request),
        }),
      )
      return
    case 'status':
      response.writeHead(Number(second)).end(`status ${second}`)
      return
    case 'redirect':
      response.writeHead(302, { location: '/echo' }).end()
      return
    case 'latin1':
      response.setHeader(
        'content-type',
        search === '?named' ? 'text/plain; charset=iso-8859-1' : 'text/plain',
      )
      response.end(Buffer.from('café', 'latin1'))
      return
    case 'silent':
      return
    case 'stalls':
      response.write('first part')
      return
    case 'large':
      response.end(Buffer.alloc(LARGE_BYTES))
      return
    case 'file':
      response.setHeader('content-length', 10).end('0123456789')
      return
    case 'named':
      response.setHeader('content-disposition', 'attachment; filename="../../evil.txt"').end('x')
      return
    default:
      response.end()
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function request(properties: object, overrides?: TaskContextOverrides) {
  return runTask(Request, requestSchema, properties, overrides)
}

function download(properties: object) {
  return runTask(Download, downloadSchema, properties)
}

interface Echo {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
}

async function echoed(properties: object, overrides?: TaskContextOverrides): Promise<Echo> {
  const { outputs } = await request({ uri: `${base}/echo`, ...properties }, overrides)
  return JSON.parse(outputs.body)
}
