import { type Catalog, PluginError, type TypeDescription } from '@pinion/core/plugin'
import Type from 'typebox'
import { ServerError } from '../errors.ts'
import { type Answer, defineRoute, events, json, noBody, type Route } from '../http/index.ts'
import { followCatalog } from './catalog-events.ts'
import { documentationView, iconView, pluginView } from './view/plugin-view.ts'

export interface PluginRoutesOptions {
  readonly catalog: Catalog
}

const TAG = 'Plugins'
const NONE = Type.Object({})

/** What is installed, as readers see it: lists, documentation, schemas, icons, and a stream of changes. */
export function pluginRoutes({ catalog }: PluginRoutesOptions): readonly Route[] {
  function document(type: string, version: string | undefined): Answer {
    const description = catalog.describeType(type, version)
    const schema = catalog.jsonSchemaOf(type, version)
    if (description === undefined || schema === undefined) throw unknownType(catalog, type, version)
    return json(documentationView(description, schema))
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/plugins',
      tag: TAG,
      operationId: 'listPlugins',
      summary: 'Installed plugin packages with their types, by kind.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: () =>
        json(
          catalog
            .listGroups()
            .filter((group) => group.subgroup === undefined)
            .map(pluginView),
        ),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/plugins/groups/subgroups',
      tag: TAG,
      operationId: 'getPluginBySubgroups',
      summary: 'Installed plugin packages, each followed by its subgroups.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: () => json(catalog.listGroups().map(pluginView)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/plugins/icons',
      tag: TAG,
      operationId: 'getPluginIcons',
      summary: 'Icons by type.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: () =>
        json(
          Object.fromEntries(
            describeAll(catalog).map(({ type, icon }) => [
              type,
              iconView(type.slice(type.lastIndexOf('.') + 1), icon),
            ]),
          ),
        ),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/plugins/icons/groups',
      tag: TAG,
      operationId: 'getPluginGroupIcons',
      summary: 'Icons by group and subgroup.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: () =>
        json(
          Object.fromEntries(
            catalog.listGroups().map((group) => {
              const name = group.subgroup ?? group.group
              return [name, iconView(name, group.icon)]
            }),
          ),
        ),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/plugins/events',
      tag: TAG,
      operationId: 'followPlugins',
      summary:
        'Server-sent events: the catalog generation, then what each change added, changed and removed.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: ({ signal }) => events(followCatalog(catalog, signal)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/plugins/{cls}',
      tag: TAG,
      operationId: 'getPluginDocumentation',
      summary: "A type's documentation and JSON Schema, of its newest version.",
      role: 'viewer',
      query: Type.Object({ all: Type.Boolean({ default: false }) }),
      body: noBody,
      handle: ({ param }) => document(param('cls'), undefined),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/plugins/{cls}/versions',
      tag: TAG,
      operationId: 'getPluginVersions',
      summary: 'Versions that offer a type, newest first.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: ({ param }) => {
        const description = catalog.describeType(param('cls'))
        if (description === undefined) throw unknownType(catalog, param('cls'), undefined)
        return json({
          type: description.type,
          versions: description.versions.map(({ version }) => version),
          details: description.versions,
        })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/plugins/{cls}/versions/{version}',
      tag: TAG,
      operationId: 'getPluginDocumentationFromVersion',
      summary: "A type's documentation and JSON Schema at one version.",
      role: 'viewer',
      query: Type.Object({ all: Type.Boolean({ default: false }) }),
      body: noBody,
      handle: ({ param }) => document(param('cls'), param('version')),
    }),
  ]
}

function describeAll(catalog: Catalog): readonly TypeDescription[] {
  return catalog.current.listTypes().flatMap((type) => catalog.describeType(type) ?? [])
}

/** The catalog knows best why: forbidden, mistyped, or another version. */
function unknownType(catalog: Catalog, type: string, version: string | undefined): Error {
  try {
    catalog.current.resolve({ type, ...(version === undefined ? {} : { task: version }), instance: 'LATEST' })
  } catch (error) {
    if (error instanceof PluginError) return error
    throw error
  }
  return new ServerError('PLUGIN_DOCUMENTATION_NOT_FOUND', `There is no documentation of ${type}.`)
}
