import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packPlugin } from '../../build/index.ts'
import {
  CLOCK,
  change,
  LIBRARY,
  PARSE,
  setVersion,
  writeClockSources,
  writeSecondSchema,
} from '../clock-plugin.ts'
import { saveFlow } from '../executions.ts'
import { valueAt } from '../json-path.ts'
import { publishByApi } from '../publish-by-api.ts'
import type { Scene } from '../scene.ts'
import { EDITOR, type Stage } from '../stage.ts'

const USER = `${EDITOR.username}:${EDITOR.password}`
const PACKUMENT = `/registry/${CLOCK.replace('/', '%2f')}`

export const publish: Scene = {
  title: '2. Build and publish it',
  async play(stage) {
    const cwd = stage.projectDir
    await writeClockSources(cwd)
    await useLibrary(stage, LIBRARY['1'])
    await refusals(stage)
    await setVersion(cwd, '1.0.0')
    await withNpm(stage)
    await withPlatformToken(stage)
    await setVersion(cwd, '2.0.0')
    await writeSecondSchema(cwd)
    await useLibrary(stage, LIBRARY['2'])
    const published = await stage.pinion(['plugin', 'publish'], { cwd, user: USER })
    stage.proofs.matches('the command line publishes as well', published.output, /Published .*@2\.0\.0/)
    await ordinaryClient(stage)
    await unpublish(stage)
  },
}

async function useLibrary(stage: Stage, version: string): Promise<void> {
  const args = ['install', '--save-dev', '--save-exact', '--no-audit', `ms@${version}`]
  await stage.npm(args, { cwd: stage.projectDir, token: await stage.registryToken() })
}

async function refusals(stage: Stage): Promise<void> {
  const { proofs, projectDir: cwd } = stage
  const schema = join(cwd, 'src/Parse.schema.yaml')
  await change(schema, (text) => text.replace('    audit:\n', '    version:\n'))
  const reserved = await stage.pinion(['plugin', 'build'], { cwd, exitCode: 1 })
  const place = /src\/Parse\.schema\.yaml:\d+:\d+ .*version/
  proofs.matches('a property called `version` is refused, by file and line', reserved.output, place)
  await change(schema, (text) => text.replace('    version:\n', '    audit:\n'))

  const code = join(cwd, 'src/Parse.ts')
  await change(code, (text) => text.replace('      library,\n', '      library: 1,\n'))
  const disagreeing = await stage.pinion(['plugin', 'build'], { cwd, exitCode: 1 })
  const claim = 'code that disagrees with its schema is refused, by file and line'
  proofs.matches(claim, disagreeing.output, /src\/Parse\.ts:\d+:\d+ .*number/)
  await change(code, (text) => text.replace('      library: 1,\n', '      library,\n'))

  const built = await stage.pinion(['plugin', 'build'], { cwd })
  proofs.matches('what is in order is built', built.output, /Built @acme\/plugin-clock@0\.1\.0: 3 types/)
}

async function withNpm(stage: Stage): Promise<void> {
  const { proofs, api, projectDir: cwd } = stage
  const token = await stage.registryToken()
  const first = await stage.npm(['publish'], { cwd, token })
  proofs.matches(
    'plain `npm publish` with a token from `npm login`',
    first.output,
    /\+ @acme\/plugin-clock@1\.0\.0/,
  )
  const again = await stage.npm(['publish'], { cwd, token, exitCode: 1 })
  const never = /never be overwritten|cannot publish over/i
  proofs.matches('a published version is never overwritten', again.output, never)
  const packument = await api.expect('GET', PACKUMENT, { token })
  proofs.equal('it is in the registry', valueAt(packument, 'dist-tags.latest'), '1.0.0')
}

async function withPlatformToken(stage: Stage): Promise<void> {
  const { proofs, api, projectDir: cwd } = stage
  const created = await stage.pinion(['tokens', 'create', 'of a build server'], { user: USER })
  const token = created.stdout.trim()
  await setVersion(cwd, '1.0.1')
  await stage.pinion(['plugin', 'build'], { cwd })
  const version = {
    name: CLOCK,
    version: '1.0.1',
    tarball: await readFile(await packPlugin(cwd, stage.root)),
  }
  const first = await publishByApi(api, token, version)
  proofs.equal("the registry's own protocol, with a token of the platform", first.status, 201)
  const again = await publishByApi(api, token, version)
  proofs.equal('twice is a conflict', again.status, 409)
}

async function ordinaryClient(stage: Stage): Promise<void> {
  const { proofs } = stage
  const token = await stage.registryToken()
  const registry = ['--registry', stage.registryUrl]
  const viewed = await stage.npm(['view', CLOCK, 'versions', '--json', ...registry], { token })
  proofs.equal('`npm view`', JSON.parse(viewed.stdout), ['1.0.0', '1.0.1', '2.0.0'])

  const cwd = join(stage.root, 'somewhere')
  await mkdir(cwd)
  await stage.npm(['install', `${CLOCK}@1.0.0`, '--no-audit', ...registry], { cwd, token })
  const manifest = await readFile(join(cwd, 'node_modules', CLOCK, 'dist/manifest.json'), 'utf8')
  proofs.contains('`npm install`', JSON.parse(manifest), { version: '1.0.0' })

  await stage.npm(['dist-tag', 'add', `${CLOCK}@1.0.0`, 'stable', ...registry], { token })
  const tags = await stage.npm(['dist-tag', 'ls', CLOCK, ...registry], { token })
  proofs.matches('`npm dist-tag`', tags.output, /stable: 1\.0\.0/)
  await stage.npm(['deprecate', `${CLOCK}@1.0.1`, 'Use 2.', ...registry], { token })
  const deprecated = await stage.npm(['view', `${CLOCK}@1.0.1`, 'deprecated', ...registry], { token })
  proofs.matches('`npm deprecate`', deprecated.output, /Use 2\./)
}

async function unpublish(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  const args = ['unpublish', `${CLOCK}@1.0.1`, '--registry', stage.registryUrl]
  const token = await stage.registryToken()
  const notAdmin = await stage.npm(args, { token, exitCode: 1 })
  proofs.matches('`npm unpublish` is for administrators', notAdmin.output, /[Oo]nly administrators.*/)

  const created = await stage.pinion(['tokens', 'create', 'of the administrator'])
  const adminToken = created.stdout.trim()
  await saveFlow(
    stage,
    `id: pinned\nnamespace: company.team\ntasks:\n  - { id: a, type: ${PARSE}, text: 1h, version: 1.0.1 }\n`,
  )
  const used = await stage.npm(args, { token: adminToken, exitCode: 1 })
  proofs.matches('and refused while a flow uses the version', used.output, /is used by company\.team\.pinned/)
  await stage.pinion(['flows', 'delete', 'company.team.pinned'])
  await stage.npm(args, { token: adminToken })
  const packument = await api.expect('GET', PACKUMENT, { token })
  const versions = Object.keys(Object(valueAt(packument, 'versions')))
  proofs.equal('then it is gone', versions, ['1.0.0', '2.0.0'])
}
