import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { NetworkPermission } from '@pinion/plugin-sdk/manifest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testPlugin } from './testing/test-plugin.ts'
import { TestRuntime } from './testing/test-runtime.ts'

/** A server that echoes, redirects, streams and stalls. */
async function startServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    switch (url.pathname) {
      case '/redirect':
        response.writeHead(Number(url.searchParams.get('status') ?? 302), {
          location: url.searchParams.get('to') ?? '/',
        })
        response.end()
        return
      case '/gzip':
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' })
        response.end(gzipSync('packed'))
        return
      case '/large':
        for (let index = 0; index < 64; index++) {
          if (!response.write(Buffer.alloc(64 * 1024, 97))) await once(response, 'drain')
        }
        response.end()
        return
      case '/stall':
        response.write('begun')
        return
      default: {
        const parts: Buffer[] = []
        for await (const part of request) parts.push(part)
        const { method, headers } = request
        const body = Buffer.concat(parts)
        response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] })
        response.end(
          JSON.stringify({
            method,
            headers,
            bytes: body.byteLength,
            text: body.toString('latin1').slice(0, 100),
          }),
        )
      }
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')
  return { server, port: address.port }
}

describe('fetch in an isolate', () => {
  let runtime: TestRuntime
  let server: Server
  let base: string
  let port: number
  let granted: readonly NetworkPermission[]
  beforeAll(async () => {
    const started = await startServer()
    server = started.server
    port = started.port
    base = `http://127.0.0.1:${port}`
    granted = [{ host: '127.0.0.1', ports: [port] }]
    runtime = new TestRuntime({ hosts: 1 })
  })
  afterAll(async () => {
    await runtime[Symbol.asyncDispose]()
    server.closeAllConnections()
    server.close()
  })

  const attempt = (code: string, network: readonly NetworkPermission[] = granted, limits = {}) => {
    const bundle = testPlugin(
      { 'net.Fetch': `{ kind: 'task', async run({ base }, context) { ${code} } }` },
      { permissions: { network }, packageName: 'net-plugin' },
    )
    return runtime.run(bundle, 'net.Fetch', { base }, { limits })
  }
  const outputs = async (code: string): Promise<unknown> => {
    const result = await attempt(code)
    if (result.status !== 'SUCCESS') throw new Error(JSON.stringify(result))
    return JSON.parse(result.outputsJson)
  }

  test('sends method, headers and body, and reads the answer', async () => {
    const code = `const response = await fetch(base + '/echo', { method: 'PUT', headers: { 'X-Test': 'yes' }, body: 'hello' }); const echo = await response.json(); return { status: response.status, ok: response.ok, url: response.url === base + '/echo', method: echo.method, test: echo.headers['x-test'], type: echo.headers['content-type'], text: echo.text, cookies: response.headers.getSetCookie(), sentCookie: echo.headers.cookie ?? null }`
    expect(await outputs(code)).toEqual({
      status: 200,
      ok: true,
      url: true,
      method: 'PUT',
      test: 'yes',
      type: 'text/plain;charset=UTF-8',
      text: 'hello',
      cookies: ['a=1', 'b=2'],
      sentCookie: null,
    })
  })

  test('streams large bodies both ways and counts their bytes', async () => {
    const result = await attempt(
      `const parts = 40; const body = new ReadableStream({ start() { this.left = parts }, pull(controller) { if (this.left-- > 0) controller.enqueue(new Uint8Array(50000)); else controller.close() } }); const echo = await (await fetch(base, { method: 'POST', body, duplex: 'half' })).json(); let read = 0; for await (const chunk of (await fetch(base + '/large')).body) read += chunk.byteLength; return { sent: echo.bytes, read }`,
    )
    expect(result).toMatchObject({ status: 'SUCCESS', outputsJson: '{"sent":2000000,"read":4194304}' })
    expect(result.status === 'SUCCESS' && result.usage.bytesOut).toBe(2_000_000)
    expect(result.status === 'SUCCESS' && result.usage.bytesIn).toBeGreaterThan(4_194_304)
  })

  test('decodes compressed bodies', async () => {
    expect(await outputs(`return { text: await (await fetch(base + '/gzip')).text() }`)).toEqual({
      text: 'packed',
    })
  })

  test('follows redirects as the standard says', async () => {
    const code = `const post = await fetch(base + '/redirect?status=303&to=/echo', { method: 'POST', body: 'x' }); const kept = await fetch(base + '/redirect?status=307&to=/echo', { method: 'POST', body: 'x' }); const manual = await fetch(base + '/redirect?to=/echo', { redirect: 'manual' }); let refused = ''; try { await fetch(base + '/redirect?to=/echo', { redirect: 'error' }) } catch (error) { refused = error.name } return { post: (await post.json()).method, redirected: post.redirected, kept: await kept.json().then(({ method, text }) => method + text), manual: manual.status, refused }`
    expect(await outputs(code)).toEqual({
      post: 'GET',
      redirected: true,
      kept: 'POSTx',
      manual: 302,
      refused: 'TypeError',
    })
  })

  test('a signal withdraws the request', async () => {
    const code = `const controller = new AbortController(); const response = await fetch(base + '/stall', { signal: controller.signal }); const reader = response.body.getReader(); const first = new TextDecoder().decode((await reader.read()).value); controller.abort(); let rest = ''; try { rest = String((await reader.read()).done) } catch (error) { rest = 'failed' } let before = ''; try { await fetch(base, { signal: AbortSignal.abort() }) } catch (error) { before = error.name } return { first, rest, before }`
    expect(await outputs(code)).toMatchObject({ first: 'begun', before: 'AbortError' })
  })

  test('a request that is under way ends with its attempt', async () => {
    const result = await attempt(
      `await fetch(base + '/stall').then((response) => response.text())`,
      granted,
      {
        wallTimeMs: 100,
      },
    )
    expect(result).toMatchObject({ status: 'FAILED', error: { code: 'PLUGIN_TIMEOUT' } })
  })

  test.each([
    ['nothing granted', []],
    ['another host', [{ host: 'example.com' }]],
    ['another port', [{ host: '127.0.0.1', ports: [1] }]],
    ['the default ports only', [{ host: '127.0.0.1' }]],
  ])('a host that is not granted is refused by name: %s', async (_, network) => {
    expect(await attempt(`await fetch(base)`, network)).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'PLUGIN_PERMISSION_DENIED',
        message: expect.stringContaining(`network: 127.0.0.1:${port} is not granted to net-plugin@1.0.0`),
      },
      retryable: false,
    })
  })

  test('a star does not reach private addresses, whatever they are called', async () => {
    const star = [{ host: '*', ports: [port] }]
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '0x7f.1']) {
      const result = await attempt(`await fetch('http://${host}:${port}/')`, star)
      expect(result, host).toMatchObject({ status: 'FAILED', error: { code: 'PLUGIN_PERMISSION_DENIED' } })
    }
  })

  test('each hop of a redirect is checked', async () => {
    const result = await attempt(
      `await fetch(base + '/redirect?to=' + encodeURIComponent('http://169.254.169.254/'))`,
      [...granted, { host: '*' }],
    )
    expect(result).toMatchObject({
      status: 'FAILED',
      error: { code: 'PLUGIN_PERMISSION_DENIED', message: expect.stringContaining('169.254.169.254') },
    })
  })

  test('an unreachable server is the network’s error, not ours', async () => {
    const result = await attempt(`await fetch('http://127.0.0.1:1/')`, [{ host: '127.0.0.1', ports: [1] }])
    expect(result).toMatchObject({
      status: 'FAILED',
      error: { code: 'PLUGIN_THREW', message: expect.stringContaining('ECONNREFUSED') },
      retryable: true,
    })
  })

  test('a plugin cannot set the headers that frame a request', async () => {
    const code = `const echo = await (await fetch(base, { headers: { Host: 'evil.example', 'Transfer-Encoding': 'chunked', Connection: 'upgrade' } })).json(); return { host: echo.headers.host, encoding: echo.headers['transfer-encoding'] ?? null }`
    expect(await outputs(code)).toEqual({ host: `127.0.0.1:${port}`, encoding: null })
  })
})
