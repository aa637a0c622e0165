import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLOCK, CLOCK_GROUP, change } from '../clock-plugin.ts'
import { valueAt } from '../json-path.ts'
import type { Scene } from '../scene.ts'

const NOWHERE = 'http://127.0.0.1:9'

export const scaffold: Scene = {
  title: '1. Scaffold a plugin project',
  async play(stage) {
    const { proofs, api } = stage
    const flags = ['--name', CLOCK, '--title', 'Clock', '--group', CLOCK_GROUP]
    const described = ['--description', 'Durations as people write them.']
    const created = await stage.pinion(['plugin', 'create', stage.projectDir, ...flags, ...described])
    proofs.matches('a project is there', created.output, /Wrote 15 files/)
    const packageJson: unknown = JSON.parse(await readFile(join(stage.projectDir, 'package.json'), 'utf8'))
    proofs.contains('package.json says what it is', valueAt(packageJson, 'pinion'), {
      group: CLOCK_GROUP,
      title: 'Clock',
      runtime: 'isolate',
    })

    const token = await stage.registryToken()
    const sdk = await api.expect('GET', '/registry/@pinion%2fplugin-sdk', { token })
    proofs.equal('the SDK is in the registry', valueAt(sdk, 'name'), '@pinion/plugin-sdk')
    const installed = await stage.npm(['install', '--no-audit'], { cwd: stage.projectDir, token })
    proofs.matches('it comes from there', installed.output, /added \d+ packages/)

    const npmrc = join(stage.projectDir, '.npmrc')
    await change(npmrc, (text) => text.replace(stage.server.url, NOWHERE))
    const tested = await stage.npm(['test'], {
      cwd: stage.projectDir,
      env: { PINION_URL: NOWHERE, npm_config_registry: NOWHERE },
    })
    proofs.matches('unit test and flow test pass with no server in reach', tested.output, /Tests +4 passed/)
    await change(npmrc, (text) => text.replace(NOWHERE, stage.server.url))
  },
}
