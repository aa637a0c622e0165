import { expect, test } from 'vitest'
import { ECHO_PACKAGE, packEcho } from '../standalone/test-support/echo-plugin.ts'
import { basic, LiveServer } from '../standalone/test-support/live-server.ts'
import { publishTarball } from './index.ts'

const NOWHERE = 'http://127.0.0.1:9'

test('what is published here under a scope of another registry is never installed', async () => {
  await using server = await LiveServer.create()
  const environment = {
    PINION_ADMIN_USERNAME: 'admin',
    PINION_ADMIN_PASSWORD: 'correct horse battery staple',
    PINION_REGISTRY_SCOPES: '@other',
    PINION_PLUGINS_REPOSITORIES_PARTNER_URL: NOWHERE,
    PINION_PLUGINS_REPOSITORIES_PARTNER_SCOPES: '@pinion',
  }
  const admin = basic('admin', 'correct horse battery staple')
  await server.start([], environment)
  const { body } = await server.call<{ token: string }>('/api/v1/tokens', admin, {
    method: 'POST',
    body: JSON.stringify({ name: 'publish' }),
    headers: { 'content-type': 'application/json' },
  })
  const tarballPath = await packEcho(server.root, '9.9.9')
  const published = await publishTarball({
    registryUrl: `${server.url}/registry/`,
    token: body.token,
    tarballPath,
  })
  expect(published).toEqual({ packageName: ECHO_PACKAGE, version: '9.9.9', isNew: true })
  // The second start finds it once more, and has settled what it found before it is ready.
  await server.stop()
  await server.start([], environment)
  const listed = await server.call<{ total: number }>('/api/v1/instance/versioned-plugins', admin)
  expect(listed.body).toMatchObject({ total: 0 })
})
