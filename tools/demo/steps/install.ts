import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildPlugin } from '@pinion/plugin-sdk/build'
import { scaffoldPlugin } from '@pinion/plugin-sdk/scaffold'
import { packPlugin } from '../../build/index.ts'
import { CatalogWatch } from '../catalog-watch.ts'
import { CLOCK, setVersion } from '../clock-plugin.ts'
import { textAt, valueAt } from '../json-path.ts'
import { publishByApi } from '../publish-by-api.ts'
import type { Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'

const PING = '@partner/plugin-ping'
const CLUSTER = '/api/v1/cluster/versioned-plugins'
const INSTANCE = '/api/v1/instance/versioned-plugins'

export const install: Scene = {
  title: '3. Install from registries and files',
  async play(stage) {
    await offerByPartner(stage)
    await byCommandLine(stage)
    await byApi(stage)
    await fromFiles(stage)
    await withoutShadows(stage)
  },
}

/** The partner's registry is a server of its own, which this one reads with a name and a password. */
async function offerByPartner(stage: Stage): Promise<void> {
  const directory = join(stage.root, 'plugin-ping')
  await writeProject(stage, directory, PING, 'com.partner.plugin.ping')
  const token = textAt(
    await stage.partnerApi.expect('POST', '/api/v1/tokens', { json: { name: 'publish' } }),
    'token',
  )
  for (const [version, tag] of [
    ['1.0.0', 'latest'],
    ['1.1.0', 'latest'],
    ['2.0.0', 'next'],
  ] as const) {
    const tarball = await packed(stage, directory, version)
    const { status } = await publishByApi(stage.partnerApi, token, { name: PING, version, tarball, tag })
    stage.proofs.equal(`the partner published ${version}`, status, 201)
  }
}

async function byCommandLine(stage: Stage): Promise<void> {
  const { proofs } = stage
  const wanted = [
    [`${PING}@1.0.0`, '1.0.0', 'an exact version'],
    [`${PING}@next`, '2.0.0', 'a dist-tag'],
    [`${PING}@^1`, '1.1.0', 'a range'],
    [`${PING}@LATEST`, '2.0.0', 'LATEST'],
    [PING, '2.0.0', 'a name alone'],
    ['com.partner.plugin:plugin-ping:1.1.0', '1.1.0', "the reference's coordinates"],
  ] as const
  for (const [coordinate, version, what] of wanted) {
    const { stdout } = await stage.pinion(['plugins', 'install', coordinate, '-o', 'json'])
    proofs.contains(what, JSON.parse(stdout), [
      { packageName: PING, version, state: 'ACTIVE', repository: 'partner' },
    ])
  }
  const unknown = await stage.pinion(['plugins', 'install', `${PING}@^7`], { exitCode: 1 })
  proofs.matches('what nobody published is refused, with what there is', unknown.output, /1\.0\.0.*/)
  const found = await stage.pinion(['plugins', 'search', 'ping'])
  proofs.matches('`plugins search` finds it', found.output, /@partner\/plugin-ping .*partner/)
  await using watch = await CatalogWatch.open(stage)
  await stage.pinion(['plugins', 'uninstall', `${PING}@1.0.0`])
  await watch.whenRemoved(PING, '1.0.0')
  const left = await stage.pinion(['plugins', 'list'])
  proofs.that('`plugins uninstall` takes one version away', !/plugin-ping +1\.0\.0/.test(left.output))
  proofs.matches('and leaves the others', left.output, /plugin-ping +1\.1\.0 +ACTIVE/)
}

async function byApi(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  for (const base of [CLUSTER, INSTANCE]) {
    await using watch = await CatalogWatch.open(stage)
    const json = { plugins: [`${PING}@1.0.0`] }
    const resolved = await api.expect('POST', `${base}/resolve`, { json })
    proofs.contains(`POST ${base}/resolve`, valueAt(resolved, 'results.0'), {
      resolved: true,
      version: '1.0.0',
      repository: 'partner',
    })
    const installed = await api.expect('POST', `${base}/install`, { json })
    proofs.contains(`POST ${base}/install`, valueAt(installed, 'results.0'), {
      groupId: 'com.partner.plugin',
      artifactId: 'plugin-ping',
      version: '1.0.0',
    })
    const removed = await api.request('DELETE', `${base}/uninstall`, { json })
    proofs.equal(`DELETE ${base}/uninstall`, removed.status, 200)
    await watch.whenRemoved(PING, '1.0.0')
  }
  const listed = await api.get(`${INSTANCE}?q=ping`)
  proofs.equal(`GET ${INSTANCE}`, valueAt(listed, 'results.0.versions'), ['2.0.0', '1.1.0'])
  const details = await api.get(`${INSTANCE}/com.partner.plugin/plugin-ping/1.1.0`)
  proofs.contains('one version', details, { packageName: PING, version: '1.1.0', state: 'ACTIVE' })
  const available = await api.get(`${INSTANCE}/available?q=ping`)
  proofs.equal('what there is to install', valueAt(available, 'results.0.latestVersion'), '1.1.0')
}

async function fromFiles(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  const directory = join(stage.root, 'plugin-note')
  await writeProject(stage, directory, 'plugin-note', 'com.acme.note')
  await packed(stage, directory, '1.0.0')
  const uploaded = await stage.pinion(['plugins', 'install', 'plugin-note-1.0.0.tgz', '-o', 'json'])
  proofs.contains('a .tgz file', JSON.parse(uploaded.stdout), [
    { packageName: 'plugin-note', version: '1.0.0', state: 'ACTIVE', repository: 'upload' },
  ])
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(await packed(stage, directory, '1.1.0'))]), 'note.tgz')
  const byApi = await api.expect('POST', `${INSTANCE}/upload`, { form })
  proofs.contains('the same by the API', byApi, { version: '1.1.0', state: 'ACTIVE' })
}

/** A scope that is bound to one registry comes from there only, whoever publishes that name elsewhere. */
async function withoutShadows(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  const tarball = await packed(stage, join(stage.root, 'plugin-ping'), '9.9.9')
  const token = await stage.registryToken()
  await publishByApi(api, token, { name: PING, version: '9.9.9', tarball })
  const shadowing = await stage.pinion(['plugins', 'install', `${PING}@9.9.9`], { exitCode: 1 })
  proofs.matches(
    'a name of a bound scope in another registry is not installed',
    shadowing.output,
    /9\.9\.9.*/,
  )
  const listed = await api.get(`${INSTANCE}?q=ping`)
  const versions = valueAt(listed, 'results.0.versions')
  proofs.equal('nor does it become live by being published', versions, ['2.0.0', '1.1.0'])
  const latest = await stage.pinion(['plugins', 'resolve', `${CLOCK}@LATEST`])
  proofs.matches('what is ours comes from our own registry', latest.output, /2\.0\.0 .*embedded/)
}

async function writeProject(stage: Stage, directory: string, name: string, group: string): Promise<void> {
  stage.teller.command(`scaffoldPlugin({ name: '${name}', group: '${group}', … })`)
  await scaffoldPlugin({
    directory,
    name,
    group,
    title: name.replace(/^.*plugin-/, ''),
    description: 'Another plugin of the story.',
    registryUrl: stage.registryUrl,
  })
}

async function packed(stage: Stage, directory: string, version: string): Promise<Buffer> {
  await setVersion(directory, version)
  await buildPlugin(directory)
  return readFile(await packPlugin(directory, stage.root))
}
