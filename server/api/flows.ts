import {
  FlowError,
  type FlowLibrary,
  type FlowProblem,
  type FlowRepository,
  type FlowRevisionRecord,
  parseFlow,
  splitYamlDocuments,
} from '@pinion/core/flow'
import type { Principal } from '@pinion/core/identity'
import Type from 'typebox'
import { defineRoute, json, noBody, noContent, type Route, sourceBody } from '../http/index.ts'
import { namespacesOfFlows } from './namespaces.ts'
import { limitOf, PAGING } from './paging.ts'
import { flowView } from './view/flow-view.ts'

export interface FlowRoutesOptions {
  readonly library: FlowLibrary
  readonly flows: FlowRepository
}

const TAG = 'Flows'
const NONE = Type.Object({})

/** Flows: save, check, read, search, delete. */
export function flowRoutes(options: FlowRoutesOptions): readonly Route[] {
  return [...writeRoutes(options), ...readRoutes(options), validateRoute(options)]
}

function writeRoutes({ library }: FlowRoutesOptions): readonly Route[] {
  const withSource = { withSource: true }
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/{tenant}/flows',
      tag: TAG,
      operationId: 'createFlow',
      summary: 'Create a flow from its YAML source; one that exists is refused.',
      role: 'editor',
      query: NONE,
      body: sourceBody,
      handle: async ({ body, principal }) =>
        json(flowView((await library.create(principal, body)).record, withSource)),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/{tenant}/flows/deploy',
      tag: TAG,
      operationId: 'deployFlow',
      summary: 'Create a flow, or save a new revision if it exists and the source differs.',
      role: 'editor',
      query: NONE,
      body: sourceBody,
      handle: async ({ body, principal }) =>
        json(flowView((await library.save(principal, body)).record, withSource)),
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/{tenant}/flows/{namespace}/{id}',
      tag: TAG,
      operationId: 'updateFlow',
      summary: 'Save a new revision; namespace and id in the source must be those of the path.',
      role: 'editor',
      query: NONE,
      body: sourceBody,
      handle: async ({ param, body, principal }) => {
        const saved = await library.update(
          principal,
          { namespace: param('namespace'), flowId: param('id') },
          body,
        )
        return json(flowView(saved.record, withSource))
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/{tenant}/flows/{namespace}/{id}',
      tag: TAG,
      operationId: 'deleteFlow',
      summary: 'Delete a flow; its revisions and executions stay readable.',
      role: 'editor',
      query: NONE,
      body: noBody,
      handle: async ({ param, principal }) => {
        await library.delete(principal, { namespace: param('namespace'), flowId: param('id') })
        return noContent()
      },
    }),
  ]
}

function readRoutes({ library, flows }: FlowRoutesOptions): readonly Route[] {
  const search = Type.Object({
    ...PAGING,
    q: Type.Optional(Type.String({ description: 'Text in the id, namespace or source.' })),
    namespace: Type.Optional(Type.String({ description: 'Also those below it.' })),
  })
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/flows/{namespace}/{id}',
      tag: TAG,
      operationId: 'getFlow',
      summary: 'The latest revision of a flow, or a given one.',
      role: 'viewer',
      query: Type.Object({
        source: Type.Boolean({ default: false, description: 'Also the YAML as it was saved.' }),
        revision: Type.Optional(Type.Integer({ minimum: 1 })),
        allowDeleted: Type.Boolean({ default: false }),
      }),
      body: noBody,
      handle: async ({ param, query, tenant }) => {
        const record = await findFlow(tenant, param('namespace'), param('id'), query)
        return json(flowView(record, { withSource: query.source }))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/flows/{namespace}/{id}/revisions',
      tag: TAG,
      operationId: 'listFlowRevisions',
      summary: 'All revisions of a flow, with their sources and locks.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: async ({ param, tenant }) => {
        const revisions = await flows.listRevisions(tenant, param('namespace'), param('id'))
        if (revisions.length === 0) throw notFound(param('namespace'), param('id'))
        return json(revisions.map((record) => flowView(record, { withSource: true })))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/flows/search',
      tag: TAG,
      operationId: 'searchFlows',
      summary: 'Latest revisions by namespace and text.',
      role: 'viewer',
      query: search,
      body: noBody,
      handle: async ({ query, tenant }) => {
        const found = await flows.list({
          tenant,
          ...limitOf(query),
          ...(query.q === undefined ? {} : { text: query.q }),
          ...(query.namespace === undefined ? {} : { namespace: query.namespace }),
        })
        return json({
          results: found.flows.map((record) => flowView(record, { withSource: false })),
          total: found.total,
        })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/flows/distinct-namespaces',
      tag: TAG,
      operationId: 'listDistinctNamespaces',
      summary: 'Namespaces that have flows.',
      role: 'viewer',
      query: Type.Object({ q: Type.Optional(Type.String()) }),
      body: noBody,
      handle: async ({ query, tenant }) => {
        const names = await namespacesOfFlows(flows, tenant)
        return json([...names].filter((name) => name.includes(query.q ?? '')).sort())
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/flows/{namespace}',
      tag: TAG,
      operationId: 'listFlowsByNamespace',
      summary: 'Latest revisions of one namespace.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: async ({ param, tenant }) => {
        const found = await flowsOfNamespace(flows, tenant, param('namespace'))
        return json(found.map((record) => flowView(record, { withSource: false })))
      },
    }),
  ]

  async function findFlow(
    tenant: string,
    namespace: string,
    flowId: string,
    query: { readonly revision?: number; readonly allowDeleted: boolean },
  ): Promise<FlowRevisionRecord> {
    if (!query.allowDeleted || query.revision !== undefined)
      return library.get(tenant, namespace, flowId, query.revision)
    const newest = (await flows.listRevisions(tenant, namespace, flowId)).toSorted(
      (a, b) => b.revision - a.revision,
    )[0]
    if (newest === undefined) throw notFound(namespace, flowId)
    return newest
  }
}

function validateRoute({ library }: FlowRoutesOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/{tenant}/flows/validate',
    tag: TAG,
    operationId: 'validateFlows',
    summary: 'Check one or more YAML documents against what is installed, without saving them.',
    role: 'viewer',
    query: NONE,
    body: sourceBody,
    handle: async ({ body, principal }) => json(await validateDocuments(library, principal, body)),
  })
}

/** One entry a document; `constraints` is absent for a valid one, else a line for each error. */
async function validateDocuments(library: FlowLibrary, { tenant }: Principal, text: string) {
  const { documents, problems } = splitYamlDocuments(text)
  if (problems.length > 0) return [violations(0, {}, problems, 1)]
  const results = []
  for (const [index, { source, startLine }] of documents.entries()) {
    const result = await library.validate(tenant, source)
    results.push(violations(index, parseFlow(source), result.problems, startLine))
  }
  return results
}

function violations(
  index: number,
  flow: { readonly flowId?: string; readonly namespace?: string },
  problems: readonly FlowProblem[],
  startLine: number,
) {
  // Lines as they are in what was sent, not in the document cut out of it.
  const placed = problems.map((problem) => ({ ...problem, line: problem.line + startLine - 1 }))
  const lines = (severity: FlowProblem['severity']) =>
    placed
      .filter((problem) => problem.severity === severity)
      .map(
        ({ line, column, path, message, hint }) =>
          `${line}:${column} ${path}: ${message}${hint === undefined ? '' : ` ${hint}`}`,
      )
  const errors = lines('error')
  return {
    index,
    flow: flow.flowId,
    namespace: flow.namespace,
    ...(errors.length === 0 ? {} : { constraints: errors.join('\n') }),
    outdated: false,
    deprecationPaths: placed.filter(({ code }) => code.endsWith('_DEPRECATED')).map(({ path }) => path),
    infos: [],
    warnings: lines('warning'),
    problems: placed,
  }
}

const PAGE = 500

async function flowsOfNamespace(
  flows: FlowRepository,
  tenant: string,
  namespace: string,
): Promise<readonly FlowRevisionRecord[]> {
  const found: FlowRevisionRecord[] = []
  for (let offset = 0; ; offset += PAGE) {
    const page = await flows.list({ tenant, namespace, limit: PAGE, offset })
    // The repository also finds the namespaces below.
    found.push(...page.flows.filter((record) => record.namespace === namespace))
    if (page.flows.length < PAGE) return found
  }
}

function notFound(namespace: string, flowId: string): FlowError {
  return new FlowError('FLOW_NOT_FOUND', `There is no flow ${namespace}.${flowId}.`, {
    hint: 'Check namespace and id.',
  })
}
