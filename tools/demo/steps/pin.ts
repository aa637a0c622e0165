import { CLOCK, EVERY, LIBRARY, PARSE } from '../clock-plugin.ts'
import { readExecution, runSaved, saveFlow, versionsOf } from '../executions.ts'
import { textAt, valueAt } from '../json-path.ts'
import type { Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'

const WEEK_MS = 604_800_000

export const pin: Scene = {
  title: '4. Pin versions in one flow',
  async play(stage) {
    await sideBySide(stage)
    await nearestDecides(stage)
    await everyForm(stage)
    await unresolvable(stage)
    await byInstance(stage)
  },
}

async function sideBySide(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  const file = await stage.write(
    'pins.yaml',
    `id: pins
namespace: company.team
tasks:
  - id: first
    type: ${PARSE}
    version: "1.0.0"
    text: 1 week
  - id: second
    type: ${PARSE}
    version: "^2"
    text: 1 week
  - id: third
    type: ${PARSE}
    text: 1 week
triggers:
  - id: often
    type: ${EVERY}
    version: "1.0.0"
  - id: newest
    type: ${EVERY}
`,
  )
  const deployed = await stage.pinion(['flows', 'deploy', file, '-o', 'json'])
  const lock = valueAt(JSON.parse(deployed.stdout), '0.lock.entries')
  proofs.contains('the revision keeps its lock, triggers too', lock, {
    'tasks[0]': { version: '1.0.0', request: '1.0.0', decidedBy: 'task' },
    'tasks[1]': { version: '2.0.0', request: '^2', decidedBy: 'task' },
    'tasks[2]': { version: '2.0.0', request: 'LATEST', decidedBy: 'instance' },
    'triggers[0]': { type: EVERY, version: '1.0.0', request: '1.0.0', decidedBy: 'task' },
    'triggers[1]': { type: EVERY, version: '2.0.0', request: 'LATEST', decidedBy: 'instance' },
  })

  const run = await stage.pinion(['executions', 'run', 'company.team.pins', '--wait', '-o', 'json'])
  const execution = readExecution(JSON.parse(run.stdout))
  const seen = execution.taskRuns.map(({ taskId, outputs }) => ({
    taskId,
    plugin: valueAt(outputs, 'plugin'),
    library: valueAt(outputs, 'library'),
    milliseconds: valueAt(outputs, 'milliseconds'),
  }))
  proofs.equal('two versions in one execution, each with a library of its own', seen, [
    { taskId: 'first', plugin: '1.0.0', library: LIBRARY['1'], milliseconds: undefined },
    { taskId: 'second', plugin: '2.0.0', library: LIBRARY['2'], milliseconds: WEEK_MS },
    { taskId: 'third', plugin: '2.0.0', library: LIBRARY['2'], milliseconds: WEEK_MS },
  ])

  const packument = await api.expect('GET', `/registry/${CLOCK.replace('/', '%2f')}`, {
    token: await stage.registryToken(),
  })
  const integrities = new Map(
    Object.entries(Object(valueAt(packument, 'versions'))).map(([version, published]) => [
      version,
      textAt(published, 'dist.integrity'),
    ]),
  )
  const shown = readExecution(await api.get(`/api/v1/main/executions/${execution.id}`))
  proofs.equal(
    'every task run shows the package version and integrity that ran it',
    shown.taskRuns.map(({ version, integrity }) => [version, integrity]),
    ['1.0.0', '2.0.0', '2.0.0'].map((version) => [version, integrities.get(version)]),
  )
}

/** Task, then flow, then the nearest namespace, then the instance. */
async function nearestDecides(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  const namespace = (id: string, version: string | undefined) =>
    api.expect('PUT', `/api/v1/main/namespaces/${id}`, {
      json: { pluginDefaults: version === undefined ? [] : [{ type: PARSE, values: { version } }] },
    })
  const decided = async (ofTask?: string, ofFlow?: string) => {
    const saved = await saveFlow(stage, orderFlow(ofTask, ofFlow))
    const run = await runSaved(stage, 'order.inner.deep/order')
    const { decidedBy } = Object(valueAt(saved, 'lock.entries.tasks[0]'))
    return [versionsOf(run)['a'], decidedBy]
  }
  await namespace('order', '1.0.0')
  proofs.equal('a namespace decides for those below it', await decided(), ['1.0.0', 'namespace'])
  await namespace('order.inner', '2.0.0')
  proofs.equal('the nearest namespace wins', await decided(), ['2.0.0', 'namespace'])
  proofs.equal("the flow's default wins over it", await decided(undefined, '1.0.0'), ['1.0.0', 'flow'])
  proofs.equal('the task wins over all', await decided('2.0.0', '1.0.0'), ['2.0.0', 'task'])
  await namespace('order', undefined)
  await namespace('order.inner', undefined)
  proofs.equal('without any, the instance decides', await decided(), ['2.0.0', 'instance'])
}

async function everyForm(stage: Stage): Promise<void> {
  const requests = ['LATEST', 'latest', 'OLDEST', 'Oldest', '1.x', '>=1 <2', '~2.0', 'stable', '1.0.0']
  const tasks = requests.map(
    (version, index) => `  - { id: t${index}, type: ${PARSE}, version: "${version}", text: 1h }`,
  )
  await saveFlow(stage, `id: forms\nnamespace: company.team\ntasks:\n${tasks.join('\n')}\n`)
  const ran = Object.values(versionsOf(await runSaved(stage, 'company.team/forms')))
  stage.proofs.equal(
    'keywords in any case, ranges, dist-tags and exact versions',
    Object.fromEntries(requests.map((request, index) => [request, ran[index]])),
    {
      LATEST: '2.0.0',
      latest: '2.0.0',
      OLDEST: '1.0.0',
      Oldest: '1.0.0',
      '1.x': '1.0.0',
      '>=1 <2': '1.0.0',
      '~2.0': '2.0.0',
      stable: '1.0.0',
      '1.0.0': '1.0.0',
    },
  )
}

async function unresolvable(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  const yaml = `id: nowhere
namespace: company.team
tasks:
  - id: a
    type: ${PARSE}
    version: "^9"
    text: 1h
`
  const { status, body } = await api.request('POST', '/api/v1/main/flows', { yaml })
  proofs.equal('a version that there is not is refused when the flow is saved', status, 422)
  proofs.contains('by line', valueAt(body, 'problems.0'), { line: 6, path: 'tasks[0].version' })
  const hint = textAt(body, 'problems.0.hint')
  proofs.matches('with the versions there are', hint, /2\.0\.0.*1\.0\.0/)
  proofs.matches('and what to do', hint, /pinion plugins install @acme\/plugin-clock@\^9/)
  const file = await stage.write('nowhere.yaml', yaml)
  const checked = await stage.pinion(['flows', 'validate', file], { exitCode: 1 })
  proofs.matches('`flows validate` says the same', checked.output, /nowhere\.yaml: 6:14 tasks\[0\]\.version/)
}

/** `plugins.management.defaultVersion` of the configuration; a restart each. */
async function byInstance(stage: Stage): Promise<void> {
  const { proofs, api } = stage
  const yaml = orderFlow(undefined, undefined)
  await stage.restart({ defaultVersion: 'NONE' })
  proofs.that('the server is back', true, `after ${Math.round(stage.server.readyAfterMs)} ms`)
  const refused = await api.request('POST', '/api/v1/main/flows/deploy', { yaml })
  proofs.contains('with NONE every version must be named', valueAt(refused.body, 'problems.0'), {
    code: 'PLUGIN_VERSION_REQUIRED',
    line: 5,
  })
  const stillPinned = versionsOf(await runSaved(stage, 'company.team/forms'))
  proofs.contains('what is pinned runs on', stillPinned, { t0: '2.0.0', t2: '1.0.0' })

  await stage.restart({ defaultVersion: 'current' })
  const saved = await saveFlow(
    stage,
    'id: bundled\nnamespace: company.team\ntasks: [{ id: a, type: io.kestra.plugin.core.debug.Return, format: x }]\n',
  )
  proofs.contains(
    'CURRENT is the version that came with the release',
    valueAt(saved, 'lock.entries.tasks[0]'),
    { request: 'CURRENT', decidedBy: 'instance', packageName: '@pinion/plugin-core' },
  )
  await stage.restart()
}

function orderFlow(ofTask: string | undefined, ofFlow: string | undefined): string {
  const task = ofTask === undefined ? '' : `    version: "${ofTask}"\n`
  const defaults =
    ofFlow === undefined ? '' : `pluginDefaults:\n  - type: ${PARSE}\n    values: { version: "${ofFlow}" }\n`
  return `id: order
namespace: order.inner.deep
tasks:
  - id: a
    type: ${PARSE}
    text: 1h
${task}${defaults}`
}
