import { expect, test } from 'vitest'
import { LiveRegistry } from '../testing/live-registry.ts'
import { StaticRegistry } from '../testing/static-registry.ts'
import { packageTarball } from '../testing/tarballs.ts'

test('an uplink serves its own names, is asked for nothing else, and its packages are not listed as ours', async () => {
  await using outside = await StaticRegistry.start()
  const content = packageTarball('lodash', '4.0.0')
  outside.packages.set('lodash', { '4.0.0': { content } })
  outside.packages.set('ours', { '99.0.0': { content } })
  await using live = await LiveRegistry.start({
    uplinks: [{ name: 'outside', url: outside.url, packages: ['lodash'] }],
  })
  await live.publish('ours', '1.0.0', 'alice')

  const packument = JSON.parse(await (await live.fetch('lodash', 'alice')).text())
  expect(packument.versions['4.0.0'].dist.tarball).toBe(`${live.url}lodash/-/lodash-4.0.0.tgz`)
  const served = await live.fetch('lodash/-/lodash-4.0.0.tgz', 'alice')
  expect(Buffer.from(await served.arrayBuffer()).equals(content)).toBe(true)

  const own = JSON.parse(await (await live.fetch('ours', 'alice')).text())
  expect(Object.keys(own.versions)).toEqual(['1.0.0'])
  expect((await live.fetch('not-there', 'alice')).status).toBe(404)
  await live.fetch('-/v1/search?text=secret-project', 'alice')
  expect(new Set(outside.requests.map(({ path }) => path))).toEqual(
    new Set(['/lodash', '/lodash/-/lodash-4.0.0.tgz']),
  )
  expect((await live.registry.listAll()).packages.map(({ name }) => name)).toEqual(['ours'])
})
