import type { JsonObject, PluginManifest, PluginTypeManifest } from '@pinion/plugin-sdk/manifest'
import { Catalog, type PluginVersionRecord, type PluginVersionRepository } from '../../plugin/index.ts'

/** The packages that the tests of this room have installed, unless they say otherwise. */
export const INSTALLED: readonly PluginVersionRecord[] = [
  installed('@pinion/plugin-core', '1.0.0', 'io.kestra.plugin.core', [
    type('io.kestra.plugin.core.log.Log', {
      aliases: ['io.kestra.core.tasks.log.Log'],
      properties: object(
        {
          message: { type: ['string', 'array'], items: { type: 'string' }, $dynamic: true },
          level: { enum: ['DEBUG', 'INFO', 'WARN'], default: 'INFO' },
        },
        ['message'],
      ),
      examples: [{ title: 'Say hello', code: 'message: Hello\n', full: false }],
    }),
    type('io.kestra.plugin.core.debug.Return', {
      properties: object({ format: { type: 'string', $dynamic: true } }),
    }),
  ]),
  ...['1.0.0', '1.5.0'].map((version) =>
    installed('@acme/plugin-http', version, 'io.acme.http', [
      type('io.acme.http.Request', {
        properties: requestProperties({ retries: { type: 'integer', $dynamic: true } }),
      }),
    ]),
  ),
  installed('@acme/plugin-http', '2.0.0', 'io.acme.http', [
    type('io.acme.http.Request', {
      properties: requestProperties({ maxRetries: { type: 'integer', $dynamic: true } }),
    }),
  ]),
  installed('@acme/plugin-script', '1.0.0', 'io.acme.script', [
    type('io.acme.script.Shell', {
      properties: object(
        {
          commands: { type: 'array', items: { type: 'string' }, minItems: 1, $dynamic: true },
          taskRunner: { $plugin: 'taskRunner' },
          runners: { type: 'array', items: { $plugin: 'taskRunner' } },
        },
        ['commands'],
      ),
    }),
    type('io.acme.script.Docker', {
      kind: 'taskRunner',
      properties: object(
        {
          image: { type: 'string', $dynamic: true },
          host: { type: 'string' },
          limits: { $ref: '#/$defs/limits' },
        },
        ['image'],
        { $defs: { limits: object({ cpu: { type: 'string' }, memory: { type: 'string' } }) } },
      ),
    }),
    type('io.acme.script.Process', { kind: 'taskRunner', properties: object({}) }),
    type('io.acme.script.Old', {
      properties: object({}),
      deprecated: { message: 'It is no longer kept.', replacement: 'io.acme.script.Shell' },
    }),
    type('io.acme.script.Each', {
      properties: object({ tasks: { type: 'array', items: { $plugin: 'task' } } }),
    }),
  ]),
  installed('@acme/plugin-time', '1.0.0', 'io.acme.time', [
    type('io.acme.time.Interval', {
      kind: 'trigger',
      properties: object({ every: { type: 'string', format: 'duration' } }, ['every']),
    }),
    type('io.acme.time.Weekday', {
      kind: 'condition',
      properties: object({ day: { enum: ['MONDAY', 'SUNDAY'], $dynamic: true } }, ['day']),
    }),
  ]),
]

function requestProperties(extra: JsonObject): JsonObject {
  return object(
    {
      uri: { type: 'string', $dynamic: true },
      method: { enum: ['GET', 'POST'], default: 'GET', $dynamic: true },
      headers: { type: 'object', additionalProperties: { type: 'string' }, $dynamic: true },
      note: { type: 'string' },
      options: object({
        timeout: { type: 'string', format: 'duration' },
        redirect: { type: 'boolean', $dynamic: true },
      }),
      ...extra,
    },
    ['uri'],
  )
}

export function object(
  properties: JsonObject,
  required: readonly string[] = [],
  rest: JsonObject = {},
): JsonObject {
  return { type: 'object', properties, required: [...required], additionalProperties: false, ...rest }
}

export function type(id: string, overrides: Partial<PluginTypeManifest> = {}): PluginTypeManifest {
  return {
    type: id,
    kind: 'task',
    title: id.slice(id.lastIndexOf('.') + 1),
    properties: object({}),
    metrics: [],
    examples: [],
    aliases: [],
    ...overrides,
  }
}

export function installed(
  name: string,
  version: string,
  group: string,
  types: readonly PluginTypeManifest[],
): PluginVersionRecord {
  const manifest: PluginManifest = {
    manifestVersion: 1,
    name,
    version,
    runtime: 'isolate',
    requires: '^1',
    group,
    title: name,
    description: name,
    icon: '<svg/>',
    guides: [],
    permissions: {},
    bundle: { file: 'dist/bundle.js', sha512: `sha512-bundle-${name}-${version}`, sizeBytes: 1 },
    subgroups: [],
    types,
  }
  return {
    packageName: name,
    version,
    integrity: `sha512-${name}-${version}`,
    state: 'ACTIVE',
    repository: 'test',
    manifest,
    grantedPermissions: {},
    installedAtMs: 1,
    distTags: version === '1.5.0' ? ['stable'] : [],
  }
}

/** A real catalog over rows in memory. */
export async function openCatalog(
  records: readonly PluginVersionRecord[] = INSTALLED,
): Promise<{ readonly catalog: Catalog; readonly rows: InstalledRows }> {
  const rows = new InstalledRows(records)
  const catalog = new Catalog({
    repository: rows,
    locateBundle: ({ bundle }) => ({ bundlePath: `/bundles/${bundle.sha512}` }),
  })
  await catalog.refresh()
  return { catalog, rows }
}

export class InstalledRows implements PluginVersionRepository {
  records: readonly PluginVersionRecord[]

  constructor(records: readonly PluginVersionRecord[]) {
    this.records = records
  }

  async list(): Promise<readonly PluginVersionRecord[]> {
    return this.records
  }

  async find(packageName: string, version: string): Promise<PluginVersionRecord | undefined> {
    return this.records.find((record) => record.packageName === packageName && record.version === version)
  }

  async save(record: PluginVersionRecord): Promise<void> {
    await this.remove(record.packageName, record.version)
    this.records = [...this.records, record]
  }

  async transition(): Promise<boolean> {
    return false
  }

  async remove(packageName: string, version: string): Promise<void> {
    this.records = this.records.filter(
      (record) => record.packageName !== packageName || record.version !== version,
    )
  }

  async saveDistTags(): Promise<void> {}

  async saveDeprecation(): Promise<void> {}
}
