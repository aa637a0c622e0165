import type { HttpApi } from './http-api.ts'
import { listAt, textAt, valueAt } from './json-path.ts'
import { readEvents } from './server-events.ts'
import type { Teller } from './teller.ts'

/** A server to work on, and who hears of it. */
export interface OnServer {
  readonly api: HttpApi
  readonly teller: Teller
}

/** What a task run gave. */
export interface TaskRunSeen {
  readonly taskId: string
  readonly state: string
  readonly outputs: unknown
  readonly version: unknown
  readonly integrity: unknown
}

export interface ExecutionSeen {
  readonly id: string
  readonly state: string
  readonly taskRuns: readonly TaskRunSeen[]
}

export function readExecution(body: unknown): ExecutionSeen {
  return {
    id: textAt(body, 'id'),
    state: textAt(body, 'state.current'),
    taskRuns: listAt(body, 'taskRunList').map((taskRun) => ({
      taskId: textAt(taskRun, 'taskId'),
      state: textAt(taskRun, 'state.current'),
      outputs: valueAt(taskRun, 'outputs'),
      version: valueAt(taskRun, 'plugin.version'),
      integrity: valueAt(taskRun, 'plugin.integrity'),
    })),
  }
}

/** Saves a flow by the API. @returns the saved revision, with its lock */
export async function saveFlow({ api, teller }: OnServer, yaml: string): Promise<unknown> {
  teller.command(`POST /api/v1/main/flows/deploy  ${/^id: .*/m.exec(yaml)?.[0] ?? ''}`)
  return api.expect('POST', '/api/v1/main/flows/deploy', { yaml })
}

/** Runs a flow by the API and waits for its end. @param flow - `namespace/id` */
export async function runSaved({ api, teller }: OnServer, flow: string): Promise<ExecutionSeen> {
  const path = `/api/v1/main/executions/${flow}?wait=true`
  teller.command(`POST ${path}`)
  return readExecution(await api.expect('POST', path))
}

/** Starts a flow and returns once the server answered for it. @returns the execution's id */
export async function startSaved({ api, teller }: OnServer, flow: string): Promise<string> {
  const path = `/api/v1/main/executions/${flow}`
  teller.command(`POST ${path}`)
  return textAt(await api.expect('POST', path), 'id')
}

/** Follows an execution by its events until it is as asked for. @throws Error if it ends without having been */
export async function whenExecution(
  { api }: OnServer,
  executionId: string,
  isSo: (execution: ExecutionSeen) => boolean,
): Promise<ExecutionSeen> {
  const response = await api.send('GET', `/api/v1/main/executions/${executionId}/follow`)
  for await (const { data } of readEvents(response)) {
    if (valueAt(data, 'state') === undefined) continue
    const execution = readExecution(data)
    if (isSo(execution)) return execution
  }
  throw new Error(`The execution ${executionId} ended without having been as expected.`)
}

/** Versions that ran, by task id. */
export function versionsOf({ taskRuns }: ExecutionSeen): Readonly<Record<string, unknown>> {
  return Object.fromEntries(taskRuns.map(({ taskId, version }) => [taskId, version]))
}
