import type { FlowRepository } from '@pinion/core/flow'
import type { Namespace, NamespaceService } from '@pinion/core/namespace'
import Type, { type Static } from 'typebox'
import { ServerError } from '../errors.ts'
import { defineRoute, json, jsonBody, noBody, noContent, type Route } from '../http/index.ts'
import { asJson, isJsonObject, type JsonObject } from '../json.ts'
import { JSON_DEPTH } from '../limits.ts'
import { PAGING, pageOf } from './paging.ts'

export interface NamespaceRoutesOptions {
  readonly namespaces: NamespaceService
  readonly flows: FlowRepository
}

const TAG = 'Namespaces'
const NONE = Type.Object({})

const NAMESPACE = Type.Object({
  id: Type.Optional(Type.String({ description: 'Dotted, such as company.team.' })),
  description: Type.Optional(Type.String()),
  variables: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  pluginDefaults: Type.Optional(
    Type.Array(
      Type.Object(
        {
          type: Type.String({ description: 'Type id, or a prefix of one.' }),
          values: Type.Record(Type.String(), Type.Unknown()),
          forced: Type.Boolean({ default: false }),
        },
        { additionalProperties: false },
      ),
    ),
  ),
})

/** Namespaces: description, variables, plugin defaults, and what is inherited. */
export function namespaceRoutes({ namespaces, flows }: NamespaceRoutesOptions): readonly Route[] {
  async function list(tenant: string): Promise<readonly Namespace[]> {
    const described = await namespaces.list(tenant)
    const used = await namespacesOfFlows(flows, tenant)
    return [...used.union(new Set(described.map(({ namespace }) => namespace)))]
      .sort()
      .map((name) => described.find(({ namespace }) => namespace === name) ?? undescribed(tenant, name))
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/namespaces/search',
      tag: TAG,
      operationId: 'searchNamespaces',
      summary: 'Namespaces that somebody described or that have flows.',
      role: 'viewer',
      query: Type.Object({ ...PAGING, q: Type.Optional(Type.String()) }),
      body: noBody,
      handle: async ({ query, tenant }) => {
        const found = await list(tenant)
        const { q } = query
        return json(
          pageOf(
            (q === undefined ? found : found.filter((each) => each.namespace.includes(q))).map(view),
            query,
          ),
        )
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/{tenant}/namespaces',
      tag: TAG,
      operationId: 'createNamespace',
      summary: 'Describe a namespace.',
      role: 'editor',
      query: NONE,
      body: jsonBody(NAMESPACE),
      handle: async ({ body, tenant, principal }) => {
        const id = body.id ?? ''
        if ((await namespaces.find(tenant, id)) !== undefined) {
          throw new ServerError('NAMESPACE_EXISTS', `The namespace ${id} is described already.`, {
            hint: 'PUT changes it.',
          })
        }
        return json(view(await namespaces.save(principal, record(id, body))))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/namespaces/{id}',
      tag: TAG,
      operationId: 'getNamespace',
      summary: 'One namespace, as it was described itself.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: async ({ param, tenant }) => {
        const found = await namespaces.find(tenant, param('id'))
        return json(view(found ?? (await existing(list(tenant), param('id')))))
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/{tenant}/namespaces/{id}',
      tag: TAG,
      operationId: 'updateNamespace',
      summary: 'Describe a namespace, or replace its description.',
      role: 'editor',
      query: NONE,
      body: jsonBody(NAMESPACE),
      handle: async ({ param, body, principal }) => {
        if (body.id !== undefined && body.id !== param('id')) {
          throw new ServerError(
            'HTTP_REQUEST_INVALID',
            `The body is about "${body.id}", the path about "${param('id')}".`,
            {
              at: { path: 'body.id' },
            },
          )
        }
        return json(view(await namespaces.save(principal, record(param('id'), body))))
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/{tenant}/namespaces/{id}',
      tag: TAG,
      operationId: 'deleteNamespace',
      summary: 'Forget the description of a namespace; its flows stay.',
      role: 'editor',
      query: NONE,
      body: noBody,
      handle: async ({ param, principal }) => {
        if (!(await namespaces.remove(principal, param('id')))) throw notFound(param('id'))
        return noContent()
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/namespaces/{id}/inherited-variables',
      tag: TAG,
      operationId: 'inheritedVariables',
      summary: 'Variables of the namespace and those above it; the nearest wins.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: async ({ param, tenant }) => json((await namespaces.load(tenant, param('id'))).variables),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/namespaces/{id}/inherited-plugindefaults',
      tag: TAG,
      operationId: 'inheritedPluginDefaults',
      summary: 'Plugin defaults taken over from the namespaces above, nearest first.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: async ({ param, tenant }) => {
        const { namespace, pluginDefaults } = await namespaces.load(tenant, param('id'))
        const inherited = pluginDefaults.filter((level) => level.namespace !== namespace)
        return json(
          inherited.flatMap((level) =>
            level.defaults.map((each) => ({ ...each, namespace: level.namespace })),
          ),
        )
      },
    }),
  ]
}

function record(namespace: string, body: Static<typeof NAMESPACE>): Omit<Namespace, 'tenant'> {
  return {
    namespace,
    ...(body.description === undefined ? {} : { description: body.description }),
    variables: jsonObject(body.variables ?? {}),
    pluginDefaults: (body.pluginDefaults ?? []).map((each) => ({ ...each, values: jsonObject(each.values) })),
  }
}

/** The body is JSON already; this is where it gets the type. */
function jsonObject(value: unknown): JsonObject {
  const checked = asJson(value, JSON_DEPTH)
  return isJsonObject(checked) ? checked : {}
}

function view({ namespace, tenant, description, variables, pluginDefaults }: Namespace) {
  return { id: namespace, tenantId: tenant, description, variables, pluginDefaults, deleted: false }
}

function undescribed(tenant: string, namespace: string): Namespace {
  return { tenant, namespace, variables: {}, pluginDefaults: [] }
}

async function existing(list: Promise<readonly Namespace[]>, name: string): Promise<Namespace> {
  const found = (await list).find(({ namespace }) => namespace === name)
  if (found === undefined) throw notFound(name)
  return found
}

function notFound(name: string): ServerError {
  return new ServerError(
    'NAMESPACE_NOT_FOUND',
    `There is no namespace ${name}: nobody described it and it has no flows.`,
  )
}

const PAGE = 500

/** Namespaces of all flows of a tenant. */
export async function namespacesOfFlows(flows: FlowRepository, tenant: string): Promise<Set<string>> {
  const names = new Set<string>()
  for (let offset = 0; ; offset += PAGE) {
    const page = await flows.list({ tenant, limit: PAGE, offset })
    for (const { namespace } of page.flows) names.add(namespace)
    if (page.flows.length < PAGE) return names
  }
}
