import { expect, test } from 'vitest'
import { assertManagementAllows } from './management.ts'

const OFFICIAL = { action: 'install', packageName: '@pinion/plugin-aws' } as const
const CUSTOM = { action: 'install', packageName: '@acme/plugin-echo' } as const
const UPLOAD = { action: 'upload' } as const
const UNINSTALL = { action: 'uninstall' } as const

const settings = (enabled: boolean, customPluginsEnabled: boolean) => ({
  enabled,
  customPluginsEnabled,
  officialScopes: ['@pinion'],
})

test('everything is allowed where management and custom plugins are on', () => {
  for (const request of [OFFICIAL, CUSTOM, UPLOAD, UNINSTALL]) {
    expect(() => assertManagementAllows(settings(true, true), request)).not.toThrow()
  }
})

test('without custom plugins, only official ones are installed and nothing is uploaded', () => {
  const off = settings(true, false)
  for (const request of [OFFICIAL, UNINSTALL])
    expect(() => assertManagementAllows(off, request)).not.toThrow()
  for (const request of [CUSTOM, UPLOAD]) {
    expect(() => assertManagementAllows(off, request)).toThrow(
      expect.objectContaining({ code: 'PLUGIN_CUSTOM_DISABLED', hint: expect.stringContaining('@pinion') }),
    )
  }
})

test('without management nothing is allowed, and the setting is named', () => {
  for (const request of [OFFICIAL, CUSTOM, UPLOAD, UNINSTALL]) {
    expect(() => assertManagementAllows(settings(false, true), request)).toThrow(
      expect.objectContaining({
        code: 'PLUGIN_MANAGEMENT_DISABLED',
        hint: expect.stringContaining('plugins.management.enabled'),
      }),
    )
  }
})
