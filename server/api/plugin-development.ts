import { assertManagementAllows, type ManagementSettings, type PluginManager } from '@pinion/core/plugin'
import Type from 'typebox'
import { defineRoute, json, jsonBody, noBody, type Route } from '../http/index.ts'
import { PACKAGE_NAME_LENGTH } from '../limits.ts'

export interface PluginDevelopmentRoutesOptions {
  readonly manager: PluginManager
  readonly management: ManagementSettings
}

const TAG = 'Plugin versions'
const PATH = '/api/v1/instance/versioned-plugins/development'
const BUILD = Type.Object(
  {
    manifest: Type.String({ description: 'JSON text of dist/manifest.json.' }),
    bundle: Type.String({ description: 'JavaScript.' }),
    sourceMap: Type.String({ description: 'JSON text.' }),
  },
  { additionalProperties: false },
)

/** What `pinion plugin dev` talks to: a build that is live until the next one. */
export function pluginDevelopmentRoutes({
  manager,
  management,
}: PluginDevelopmentRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'PUT',
      path: PATH,
      tag: TAG,
      operationId: 'developPlugin',
      summary: 'Make a build live in place of the one before it. Refused for a version that is published.',
      role: 'admin',
      query: Type.Object({}),
      body: jsonBody(BUILD),
      handle: async ({ body }) => {
        assertManagementAllows(management, { action: 'upload' })
        const { packageName, version, integrity } = await manager.develop(body)
        return json({ packageName, version, integrity })
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: PATH,
      tag: TAG,
      operationId: 'endPluginDevelopment',
      summary: 'Take the version of a package that is under development out again.',
      role: 'admin',
      query: Type.Object({ packageName: Type.String({ maxLength: PACKAGE_NAME_LENGTH }) }),
      body: noBody,
      handle: async ({ query }) => json({ ended: await manager.endDevelopment(query.packageName) }),
    }),
  ]
}
