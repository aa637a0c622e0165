import { listAt, textAt, valueAt } from './json-path.ts'
import type { Stage } from './stage.ts'

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
export async function saveFlow({ api, teller }: Stage, yaml: string): Promise<unknown> {
  teller.command(`POST /api/v1/main/flows/deploy  ${/^id: .*/m.exec(yaml)?.[0] ?? ''}`)
  return api.expect('POST', '/api/v1/main/flows/deploy', { yaml })
}

/** Runs a flow by the API and waits for its end. @param flow - `namespace/id` */
export async function runSaved({ api, teller }: Stage, flow: string): Promise<ExecutionSeen> {
  const path = `/api/v1/main/executions/${flow}?wait=true`
  teller.command(`POST ${path}`)
  return readExecution(await api.expect('POST', path))
}

/** Versions that ran, by task id. */
export function versionsOf({ taskRuns }: ExecutionSeen): Readonly<Record<string, unknown>> {
  return Object.fromEntries(taskRuns.map(({ taskId, version }) => [taskId, version]))
}
