import type { PluginManifest } from '@pinion/plugin-sdk/manifest'
import { expect, test } from 'vitest'
import { grantPermissions } from './grant-permissions.ts'

const asking = (name: string) =>
  ({
    name,
    permissions: {
      network: [{ host: '*', ports: [443], private: true }],
      process: true,
      wasm: true,
      storage: true,
    },
  }) as unknown as PluginManifest

test('a trusted scope gets what it asks for', () => {
  const manifest = asking('@pinion/plugin-core')
  expect(grantPermissions(['@pinion'])(manifest, [])).toEqual(manifest.permissions)
})

test('anybody else gets no processes, no WebAssembly and no private network by a pattern', () => {
  expect(grantPermissions(['@pinion'])(asking('@pinion-friends/plugin'), [])).toEqual({
    network: [{ host: '*', ports: [443] }],
    storage: true,
  })
})
