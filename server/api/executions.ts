import { type ExecutionEngine, type ExecutionRepository, STATES } from '@pinion/core/execution'
import Type from 'typebox'
import { ServerError } from '../errors.ts'
import { defineRoute, events, formBody, json, noBody, noContent, type Route } from '../http/index.ts'
import { followExecution } from './follow-execution.ts'
import { parseLabels } from './labels.ts'
import { limitOf, PAGING } from './paging.ts'
import { executionView } from './view/execution-view.ts'

export interface ExecutionRoutesOptions {
  readonly engine: ExecutionEngine
  readonly executions: ExecutionRepository
}

const TAG = 'Executions'
const NONE = Type.Object({})

/** Executions: start, look, follow, kill, remove. */
export function executionRoutes({ engine, executions }: ExecutionRoutesOptions): readonly Route[] {
  const search = Type.Object({
    ...PAGING,
    namespace: Type.Optional(Type.String({ description: 'Also those below it.' })),
    flowId: Type.Optional(Type.String()),
    state: Type.Optional(Type.Array(Type.Enum([...STATES]))),
    labels: Type.Optional(Type.Array(Type.String(), { 'x-repeated': true, description: '`key:value`.' })),
    startDate: Type.Optional(Type.String({ description: 'ISO 8601: created at or after.' })),
    endDate: Type.Optional(Type.String({ description: 'ISO 8601: created before.' })),
  })

  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/{tenant}/executions/{namespace}/{id}',
      tag: TAG,
      operationId: 'createExecution',
      summary:
        'Start a flow. The answer comes once the execution is durable, or with wait=true once it has ended.',
      role: 'launcher',
      query: Type.Object({
        labels: Type.Optional(Type.Array(Type.String(), { 'x-repeated': true, description: '`key:value`.' })),
        wait: Type.Boolean({ default: false }),
        revision: Type.Optional(Type.Integer({ minimum: 1 })),
        kind: Type.Optional(Type.Enum(['NORMAL', 'TEST', 'PLAYGROUND'])),
      }),
      body: formBody,
      handle: async ({ param, query, body, tenant, signal, baseUrl }) => {
        const [file] = body.files
        if (file !== undefined) throw filesRefused(file.part)
        const execution = await engine.create({
          tenant,
          namespace: param('namespace'),
          flowId: param('id'),
          inputs: body.fields,
          labels: parseLabels(query.labels ?? []),
          ...(query.revision === undefined ? {} : { revision: query.revision }),
          ...(query.kind === undefined ? {} : { kind: query.kind }),
        })
        if (!query.wait) return json(executionView(execution, [], baseUrl))
        const ended = await engine.waitForEnd(tenant, execution.executionId, signal)
        return json(executionView(ended.execution, ended.taskRuns, baseUrl))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/executions/{id}',
      tag: TAG,
      operationId: 'getExecution',
      summary: 'One execution with its task runs, each with the plugin version that ran it.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: async ({ param, tenant, baseUrl }) => {
        const { execution, taskRuns } = await engine.get(tenant, param('id'))
        return json(executionView(execution, taskRuns, baseUrl))
      },
    }),
    ...['/search', ''].map((ending) =>
      defineRoute({
        method: 'GET',
        path: `/api/v1/{tenant}/executions${ending}`,
        tag: TAG,
        operationId: ending === '' ? 'searchExecutionsByFlowId' : 'searchExecutions',
        summary: 'Executions by namespace, flow, state, labels and time, newest first.',
        role: 'viewer',
        query: search,
        body: noBody,
        handle: async ({ query, tenant, baseUrl }) => {
          const createdAfterMs = parseDate(query.startDate, 'startDate')
          const createdBeforeMs = parseDate(query.endDate, 'endDate')
          const found = await executions.search({
            tenant,
            ...limitOf(query),
            ...(query.namespace === undefined ? {} : { namespace: query.namespace }),
            ...(query.flowId === undefined ? {} : { flowId: query.flowId }),
            ...(query.state === undefined ? {} : { states: query.state }),
            ...(query.labels === undefined ? {} : { labels: labelMap(query.labels) }),
            ...(createdAfterMs === undefined ? {} : { createdAfterMs }),
            ...(createdBeforeMs === undefined ? {} : { createdBeforeMs }),
          })
          const results = await Promise.all(
            found.executions.map(async (execution) =>
              executionView(execution, await executions.listTaskRuns(tenant, execution.executionId), baseUrl),
            ),
          )
          return json({ results, total: found.total })
        },
      }),
    ),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/{tenant}/executions/{id}/kill',
      tag: TAG,
      operationId: 'killExecution',
      summary: 'Ask a running execution to stop.',
      role: 'launcher',
      query: NONE,
      body: noBody,
      handle: async ({ param, tenant }) => {
        await engine.kill(tenant, param('id'))
        return { kind: 'empty', status: 202 }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/{tenant}/executions/{id}',
      tag: TAG,
      operationId: 'deleteExecution',
      summary: 'Remove an ended execution with its task runs, logs and metrics.',
      role: 'editor',
      query: NONE,
      body: noBody,
      handle: async ({ param, tenant }) => {
        const { execution } = await engine.get(tenant, param('id'))
        if (!execution.isSettled) {
          throw new ServerError(
            'EXECUTION_RUNNING_CONFLICT',
            `The execution ${execution.executionId} has not ended.`,
            {
              hint: 'Kill it first.',
            },
          )
        }
        await executions.remove(tenant, param('id'))
        return noContent()
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/executions/{id}/follow',
      tag: TAG,
      operationId: 'followExecution',
      summary: 'Server-sent events: an empty one first, then the execution after each change, until it ends.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: async ({ param, tenant, signal, baseUrl }) => {
        // Asked for before the stream opens, so that an unknown id is a plain 404.
        await engine.get(tenant, param('id'))
        return events(followExecution(engine, { tenant, executionId: param('id'), signal, baseUrl }))
      },
    }),
  ]
}

function filesRefused(part: string): ServerError {
  return new ServerError(
    'EXECUTION_FILES_UNSUPPORTED',
    `The part "${part}" is a file; this server takes inputs as values only.`,
    {
      hint: 'Send the input as a field, or as a member of a JSON body.',
    },
  )
}

function labelMap(labels: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(parseLabels(labels).map(({ key, value }) => [key, value]))
}

function parseDate(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const ms = Date.parse(text)
  if (!Number.isNaN(ms)) return ms
  throw new ServerError('HTTP_REQUEST_INVALID', `"${text}" is not a date.`, {
    at: { path: `query.${name}` },
    hint: 'Write it in ISO 8601: 2026-01-31T12:00:00Z.',
  })
}
