import type { ExpressionServices, Scope } from '../../expression/index.ts'
import type { CompiledFlow, CompiledTask } from '../../flow/index.ts'
import type { ExecutionState } from '../execution-state.ts'
import type { ExecutionRecord, TaskRunRecord } from '../model.ts'
import { ancestorsOf } from '../task-variables.ts'

/** What an instance offers to every expression: `envs`, `globals` and `kestra` of the reference. */
export interface InstanceVariables {
  readonly envs: Readonly<Record<string, string>>
  readonly globals: Readonly<Record<string, unknown>>
  readonly environment?: string
  readonly url?: string
}

/** The variables of a running execution. `outputs` and `tasks` are the live ones: they grow as tasks end. */
export function executionVariables(
  flow: CompiledFlow,
  state: ExecutionState,
  instance: InstanceVariables,
): Record<string, unknown> {
  const { execution } = state
  return {
    flow: { id: flow.flowId, namespace: flow.namespace, revision: flow.revision, tenantId: flow.tenant },
    execution: executionVariable(execution),
    inputs: execution.inputs,
    outputs: state.variables.outputs,
    tasks: state.variables.tasks,
    vars: { ...flow.variables, ...execution.variables },
    labels: labelTree(execution),
    ...(execution.trigger === undefined ? {} : { trigger: execution.trigger['variables'] ?? {} }),
    envs: instance.envs,
    globals: instance.globals,
    kestra: { environment: instance.environment ?? null, url: instance.url ?? null },
  }
}

/** The scope in which a task's properties are rendered. @param attempt - 0 for the first, and for a flowable */
export function taskScope(
  flow: CompiledFlow,
  state: ExecutionState,
  task: CompiledTask,
  taskRun: TaskRunRecord,
  attempt: number,
  instance: InstanceVariables,
  services: ExpressionServices,
): Scope {
  return {
    variables: {
      ...executionVariables(flow, state, instance),
      task: { id: task.taskId, type: task.plugin.type },
      taskrun: { ...taskRunVariable(taskRun), attemptsCount: attempt },
      ...parentVariables(state, taskRun),
    },
    services,
  }
}

function taskRunVariable(taskRun: TaskRunRecord): Record<string, unknown> {
  return {
    id: taskRun.taskRunId,
    startDate: new Date(taskRun.createdAtMs).toISOString(),
    ...(taskRun.parentTaskRunId === undefined ? {} : { parentId: taskRun.parentTaskRunId }),
    ...(taskRun.value === undefined ? {} : { value: taskRun.value }),
    ...(taskRun.iteration === undefined ? {} : { iteration: taskRun.iteration }),
  }
}

/**
 * `parents`, nearest first, and `parent`: the flowables around a task. Only those count that have a value of their own,
 * which is how a task in an If in a loop finds the loop's; where none has one, `parent` is the nearest.
 */
function parentVariables(state: ExecutionState, taskRun: TaskRunRecord): Record<string, unknown> {
  if (taskRun.parentTaskRunId === undefined) return {}
  const ancestors = ancestorsOf(taskRun, (taskRunId) => state.taskRun(taskRunId))
  const toVariable = (ancestor: TaskRunRecord) => ({
    task: { id: ancestor.taskId },
    taskrun: taskRunVariable(ancestor),
    ...(ancestor.outputs === undefined ? {} : { outputs: ancestor.outputs }),
  })
  const parents = ancestors.filter(({ value }) => value !== undefined).map(toVariable)
  const [nearest] = ancestors
  return { parent: parents[0] ?? (nearest && toVariable(nearest)), parents }
}

function executionVariable(execution: ExecutionRecord): Record<string, unknown> {
  return {
    id: execution.executionId,
    startDate: new Date(execution.startedAtMs ?? execution.createdAtMs).toISOString(),
    state: execution.state,
    ...(execution.originalId === undefined ? {} : { originalId: execution.originalId }),
  }
}

/** Labels as a tree by their dots: `team.name` is `labels.team.name`. */
function labelTree(execution: ExecutionRecord): Record<string, unknown> {
  const tree: Record<string, unknown> = Object.create(null)
  for (const { key, value } of execution.labels) {
    const path = key.split('.')
    const last = path.pop() ?? key
    let node = tree
    for (const part of path) {
      if (typeof node[part] !== 'object') node[part] = Object.create(null)
      node = node[part] as Record<string, unknown>
    }
    node[last] = value
  }
  return tree
}
