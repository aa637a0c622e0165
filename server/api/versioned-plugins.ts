import { serializeError } from '@pinion/core/errors'
import {
  assertManagementAllows,
  type Coordinates,
  type ManagementSettings,
  type PackageSource,
  PluginError,
  type PluginManager,
} from '@pinion/core/plugin'
import Type from 'typebox'
import { ServerError } from '../errors.ts'
import { defineRoute, json, jsonBody, type Route, uploadBody } from '../http/index.ts'
import { PLUGIN_COORDINATES } from '../limits.ts'
import { artifactView, offerView } from './view/artifact-view.ts'

export interface VersionedPluginRoutesOptions {
  readonly manager: PluginManager
  readonly coordinates: Coordinates
  readonly source: PackageSource
  readonly management: ManagementSettings
}

const TAG = 'Plugin versions'
const NONE = Type.Object({})
const COORDINATES = Type.Object(
  {
    plugins: Type.Array(Type.String({ description: 'NAME@VERSION, or group:artifact:version.' }), {
      minItems: 1,
      maxItems: PLUGIN_COORDINATES,
    }),
  },
  { additionalProperties: false },
)

/** Installing and removing versions; below `/cluster` and `/instance`, as the reference has had both. */
export function versionedPluginRoutes(options: VersionedPluginRoutesOptions): readonly Route[] {
  return [...['cluster', 'instance'].flatMap((family) => changeRoutes(family, options)), uploadRoute(options)]
}

function changeRoutes(
  family: string,
  { manager, coordinates, management }: VersionedPluginRoutesOptions,
): readonly Route[] {
  const base = `/api/v1/${family}/versioned-plugins`
  const suffix = family === 'instance' ? '' : 'Cluster'
  return [
    defineRoute({
      method: 'POST',
      path: `${base}/install`,
      tag: TAG,
      operationId: `installVersionedPlugins${suffix}`,
      summary: 'Install versions beside those that are there. LATEST is the newest one published.',
      role: 'admin',
      query: NONE,
      body: jsonBody(COORDINATES),
      handle: async ({ body, principal, log }) => {
        for (const text of body.plugins) {
          const { packageName } = coordinates.parse(text)
          assertManagementAllows(management, { action: 'install', packageName })
        }
        const outcomes = await each(body.plugins, (text) => manager.install(text))
        log.info('Plugin versions were installed.', { plugins: body.plugins, by: principal.username })
        return json(listed(outcomes.map(({ record }) => artifactView(coordinates, record))))
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${base}/uninstall`,
      tag: TAG,
      operationId: `uninstallVersionedPlugins${suffix}`,
      summary:
        'Remove exact versions; others stay. Refused while a flow uses one, unless forced. Running tasks end first.',
      role: 'admin',
      query: Type.Object({
        force: Type.Boolean({ default: false, description: 'Also while flows use it.' }),
      }),
      body: jsonBody(COORDINATES),
      handle: async ({ body, query, principal, log }) => {
        assertManagementAllows(management, { action: 'uninstall' })
        const exact = body.plugins.map((text) => exactVersion(coordinates, text))
        const outcomes = await each(exact, ({ packageName, version }) =>
          manager.uninstall(packageName, version, { force: query.force }),
        )
        log.info('Plugin versions were uninstalled.', { plugins: body.plugins, by: principal.username })
        return json(listed(outcomes.map(({ record }) => artifactView(coordinates, record))))
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/resolve`,
      tag: TAG,
      operationId: `resolveVersionedPlugins${suffix}`,
      summary: 'All versions that the repositories offer; installs nothing.',
      role: 'admin',
      query: NONE,
      body: jsonBody(COORDINATES),
      handle: async ({ body }) => {
        assertManagementAllows(management, { action: 'resolve' })
        const offers = await each(body.plugins, (text) => manager.resolve(text))
        return json(listed(offers.map((offer) => offerView(coordinates, offer))))
      },
    }),
  ]
}

function uploadRoute({ manager, coordinates, management }: VersionedPluginRoutesOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/instance/versioned-plugins/upload',
    tag: TAG,
    operationId: 'uploadVersionedPlugins',
    summary: 'Install a packed plugin (.tgz), under the name and version it gives itself.',
    role: 'admin',
    query: NONE,
    body: uploadBody,
    handle: async ({ body, principal, log }) => {
      assertManagementAllows(management, { action: 'upload' })
      const { record } = await manager.installTarball(body.file.path)
      log.info('A plugin version was uploaded.', {
        plugin: coordinates.format(record.packageName, record.version),
        by: principal.username,
      })
      return json(artifactView(coordinates, record))
    },
  })
}

function exactVersion(coordinates: Coordinates, text: string) {
  const { packageName, request } = coordinates.parse(text)
  if (request.kind === 'exact') return { packageName, version: request.version }
  throw new PluginError('PLUGIN_COORDINATE_INVALID', `"${text}" names no exact version.`, {
    hint: 'What is removed must be named exactly: NAME@1.2.3.',
  })
}

/** Does all of them; what failed is told with what was done. @throws the one error, or one that lists them */
async function each<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<readonly R[]> {
  const outcomes = await Promise.allSettled(items.map(act))
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [{ index, error: outcome.reason }] : [],
  )
  const [first] = failures
  if (first === undefined)
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (items.length === 1) throw first.error
  throw new ServerError(
    'PLUGIN_CHANGE_INCOMPLETE',
    `${failures.length} of ${items.length} could not be done; the others were.`,
    {
      problems: failures.map(({ index, error }) => ({
        ...serializeError(error),
        path: `body.plugins[${index}]`,
      })),
      cause: first.error,
    },
  )
}

function listed<T>(results: readonly T[]): { readonly total: number; readonly results: readonly T[] } {
  return { total: results.length, results }
}
