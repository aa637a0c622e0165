import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CatalogWatch } from '../catalog-watch.ts'
import { PARSE } from '../clock-plugin.ts'
import { listAt, textAt, valueAt } from '../json-path.ts'
import type { Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'

const NOTE = 'com.acme.note.Reverse'

export const docs: Scene = {
  title: '7. Documentation of what is installed',
  async play(stage) {
    await schemas(stage)
    await page(stage)
    await changesAtOnce(stage)
  },
}

async function schemas(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  const properties = async (version: string) => {
    const doc = await api.get(`/api/v1/plugins/${PARSE}/versions/${version}`)
    return Object.keys(Object(valueAt(doc, 'schema.properties.properties')))
  }
  const first = ['text', 'label', 'audit', 'holdMs']
  proofs.equal('the JSON Schema of a type at its first version', await properties('1.0.0'), first)
  proofs.equal('and at a later one', await properties('2.0.0'), [...first, 'long'])
  const file = join(stage.root, 'Parse.json')
  await stage.pinion(['plugins', 'doc', PARSE, '--version', '1.0.0', '--schema', file])
  const written: unknown = JSON.parse(await readFile(file, 'utf8'))
  proofs.equal('the same from the command line', Object.keys(Object(valueAt(written, 'properties'))), first)
  const versions = await api.get(`/api/v1/plugins/${PARSE}/versions`)
  proofs.equal('the versions that there are', valueAt(versions, 'versions'), ['2.1.0', '2.0.0', '1.0.0'])
}

async function page(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  const doc = await api.get(`/api/v1/plugins/${PARSE}`)
  proofs.contains('the data of its page', valueAt(doc, 'documentation'), {
    title: 'Parse a duration.',
    description: 'Turns a duration as people write it into milliseconds.',
    version: '2.1.0',
  })
  const groups = listAt(doc, 'documentation.propertyGroups').map((group) => valueAt(group, 'name'))
  proofs.equal('its properties by group', groups, ['main', 'processing', 'advanced'])
  const names = (list: string) => listAt(doc, `documentation.${list}`).map((each) => valueAt(each, 'name'))
  const outputs = ['plugin', 'library', 'label', 'audit', 'milliseconds']
  proofs.equal('its outputs', names('outputs'), outputs)
  proofs.equal('its metrics', names('metrics'), ['parsed'])
  proofs.equal('its examples', valueAt(doc, 'documentation.examples.0.title'), 'Parse two days.')
  proofs.matches('its icon', textAt(doc, 'documentation.icon'), /^<svg/)
  const shown = await stage.pinion(['plugins', 'doc', PARSE])
  proofs.matches('the page on a terminal', shown.output, /# Parse a duration\./)
}

async function changesAtOnce(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  const isInFlowSchema = async () =>
    JSON.stringify(await api.get('/api/v1/main/schemas/flow.json')).includes(NOTE)
  const statusOfPage = async () => (await api.request('GET', `/api/v1/plugins/${NOTE}`)).status
  proofs.that('flow.json covers what is installed', await isInFlowSchema())
  await using watch = await CatalogWatch.open(stage)
  await stage.pinion(['plugins', 'uninstall', 'plugin-note@1.0.0', 'plugin-note@1.1.0'])
  proofs.that('not what was removed a moment ago', !(await isInFlowSchema()))
  proofs.equal('whose page is gone', await statusOfPage(), 404)
  await watch.whenRemoved('plugin-note', '1.1.0')
  await stage.pinion(['plugins', 'install', 'plugin-note-1.1.0.tgz'])
  proofs.that('and again what was installed a moment ago', await isInFlowSchema())
  proofs.equal('whose page is there', await statusOfPage(), 200)
}
