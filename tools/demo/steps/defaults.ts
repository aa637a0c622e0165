import { CLOCK_GROUP, PARSE } from '../clock-plugin.ts'
import { runSaved, saveFlow } from '../executions.ts'
import { valueAt } from '../json-path.ts'
import type { Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'

export const defaults: Scene = {
  title: '5. Defaults of instance, namespace and flow',
  async play(stage) {
    const { proofs } = stage
    await saveFlow(stage, flow('1.0.0', { text: '1h' }))
    proofs.contains('the instance gives a default by prefix', await outputs(stage), {
      label: 'of the instance',
      milliseconds: 3_600_000,
    })

    await stage.write(
      'namespace.yaml',
      `pluginDefaults:
  - type: com.acme
    values: { label: of the namespace, text: 2h }
`,
    )
    await stage.pinion(['namespaces', 'set', 'company', 'namespace.yaml'])
    const inherited = await stage.api.get('/api/v1/main/namespaces/company.defaults/inherited-plugindefaults')
    proofs.contains('those below a namespace inherit', inherited, [
      { type: 'com.acme', namespace: 'company' },
    ])
    await saveFlow(stage, flow('2.0.0', {}))
    proofs.contains(
      'a namespace wins over the instance, and gives what is required before it is checked',
      await outputs(stage),
      { label: 'of the namespace', milliseconds: 7_200_000 },
    )

    const ofFlow = [
      { type: CLOCK_GROUP, values: { label: 'by prefix', text: '3h' } },
      { type: PARSE, values: { label: 'by type' } },
    ]
    await saveFlow(stage, flow('2.0.0', {}, ofFlow))
    proofs.contains('the flow wins over the namespace, its exact type over a prefix', await outputs(stage), {
      label: 'by type',
      milliseconds: 10_800_000,
    })
    await saveFlow(stage, flow('2.0.0', { label: 'of the task', audit: 'of the task' }, ofFlow))
    const own = await outputs(stage)
    proofs.contains('the task wins over all defaults', own, { label: 'of the task' })
    proofs.contains('but not over a forced one', own, { audit: 'always' })

    const wrong = [{ type: PARSE, values: { holdMs: -1 } }]
    const { status, body } = await stage.api.request('POST', '/api/v1/main/flows/validate', {
      yaml: flow('2.0.0', {}, wrong),
    })
    proofs.equal('a flow can be checked', status, 200)
    const told = String(valueAt(body, '0.constraints'))
    proofs.matches('a fault of a default says whose it is', told, /holdMs.*(default)/)
    await stage.api.expect('PUT', '/api/v1/main/namespaces/company', { json: { pluginDefaults: [] } })
  },
}

function flow(version: string, properties: object, pluginDefaults: readonly object[] = []): string {
  const task = { id: 'a', type: PARSE, version, ...properties }
  // JSON is YAML.
  return JSON.stringify(
    { id: 'defaults', namespace: 'company.defaults', tasks: [task], pluginDefaults },
    null,
    2,
  )
}

async function outputs(stage: Stage): Promise<unknown> {
  return (await runSaved(stage, 'company.defaults/defaults')).taskRuns[0]?.outputs
}
