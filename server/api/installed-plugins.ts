import { assertManagementAllows, type Coordinates, type PackageView, PluginError } from '@pinion/core/plugin'
import Type from 'typebox'
import { defineRoute, json, noBody, type Route } from '../http/index.ts'
import { PAGING, pageOf } from './paging.ts'
import type { VersionedPluginRoutesOptions } from './versioned-plugins.ts'
import { artifactId, artifactView, NO_GROUP, packageView } from './view/artifact-view.ts'
import { iconView } from './view/plugin-view.ts'

const TAG = 'Plugin versions'
const NONE = Type.Object({})

/** What is installed, and what the repositories have. */
export function installedPluginRoutes({
  manager,
  coordinates,
  source,
  management,
}: VersionedPluginRoutesOptions): readonly Route[] {
  const base = '/api/v1/instance/versioned-plugins'
  const search = { q: Type.Optional(Type.String({ maxLength: 200 })) }
  return [
    defineRoute({
      method: 'GET',
      path: base,
      tag: TAG,
      operationId: 'listVersionedPlugin',
      summary: 'Installed packages with all their versions.',
      role: 'viewer',
      query: Type.Object({ ...PAGING, ...search }),
      body: noBody,
      handle: ({ query }) => {
        assertManagementAllows(management, { action: 'list' })
        const wanted = (query.q ?? '').toLowerCase()
        const found = manager.catalog
          .listPackages()
          .filter(({ packageName, title }) => `${packageName} ${title}`.toLowerCase().includes(wanted))
        return json(
          pageOf(
            found.map((view) => packageView(coordinates, view)),
            query,
          ),
        )
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/available`,
      tag: TAG,
      operationId: 'listAvailableVersionedPlugins',
      summary: 'Packages in the repositories, by text.',
      role: 'admin',
      query: Type.Object({ ...PAGING, ...search }),
      body: noBody,
      handle: async ({ query }) => {
        assertManagementAllows(management, { action: 'list' })
        const found = await source.search(query.q ?? '', query.page * query.size)
        return json(
          pageOf(
            found.map(({ packageName, latestVersion, repository, description }) => ({
              title: packageName,
              ...artifactId(coordinates, packageName),
              versions: [latestVersion],
              packageName,
              latestVersion,
              repository,
              description,
            })),
            query,
          ),
        )
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/{groupId}/{artifactId}`,
      tag: TAG,
      operationId: 'getVersionedPluginDetails',
      summary: 'Installed versions of one package.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: ({ param }) => {
        assertManagementAllows(management, { action: 'list' })
        const view = findPackage(param('groupId'), param('artifactId'))
        const { groupId, artifactId: artifact, packageName, installed } = packageView(coordinates, view)
        return json({
          groupId,
          artifactId: artifact,
          packageName,
          versions: installed.map((version) => ({
            ...version,
            metadata: {
              uri: `npm:${coordinates.format(packageName, version.version)}`,
              name: packageName,
              creationTime: Date.parse(version.installedAt),
            },
          })),
        })
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/{groupId}/{artifactId}/{version}`,
      tag: TAG,
      operationId: 'getVersionedPluginDetailsFromVersion',
      summary: 'One installed version with its types by kind.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: ({ param }) => {
        assertManagementAllows(management, { action: 'list' })
        const { packageName } = findPackage(param('groupId'), param('artifactId'))
        const record = manager.catalog.current.records.find(
          (each) => each.packageName === packageName && each.version === param('version'),
        )
        if (record === undefined) throw notInstalled(coordinates.format(packageName, param('version')))
        const { manifest } = record
        const byKind = Map.groupBy(manifest.types, ({ kind }) => kind)
        return json({
          ...artifactView(coordinates, record),
          title: manifest.title,
          description: manifest.description,
          icon: iconView(packageName, manifest.icon).icon,
          classes: [...byKind].map(([kind, types]) => ({
            type: `${kind}s`,
            classes: types.map(({ type }) => ({ name: type })),
          })),
        })
      },
    }),
  ]

  function findPackage(groupId: string, artifact: string): PackageView {
    const name = packageNameOf(coordinates, groupId, artifact)
    const found = manager.catalog.listPackages().find(({ packageName }) => packageName === name)
    if (found === undefined) throw notInstalled(name)
    return found
  }
}

/** The group may be the reference's, an npm scope, or `-` for a package without one. */
function packageNameOf(coordinates: Coordinates, groupId: string, artifact: string): string {
  if (groupId === NO_GROUP) return artifact
  if (groupId.startsWith('@')) return `${groupId}/${artifact}`
  return coordinates.parse(`${groupId}:${artifact}`).packageName
}

function notInstalled(name: string): PluginError {
  return new PluginError('PLUGIN_VERSION_NOT_INSTALLED', `${name} is not installed.`, {
    hint: 'GET /api/v1/instance/versioned-plugins lists what is.',
  })
}
