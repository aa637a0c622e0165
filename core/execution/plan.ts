import type { CompiledFlow, CompiledTask, RetryPolicy } from '../flow/index.ts'

/** The parts of a task on which the course of an execution depends. */
export interface PlanTask {
  readonly taskId: string
  readonly disabled: boolean
  readonly allowFailure: boolean
  readonly allowWarning: boolean
  readonly retry?: RetryPolicy
}

export const PHASES = ['tasks', 'errors', 'finally', 'afterExecution'] as const
export type Phase = (typeof PHASES)[number]

/** All that the reducer knows of a flow revision: no plugin, no property, no template. */
export interface Plan {
  readonly sequences: Readonly<Record<Phase, readonly PlanTask[]>>
  readonly tasksById: ReadonlyMap<string, PlanTask>
  readonly hasOutputs: boolean
}

/** For an execution whose flow cannot run any more. */
export const EMPTY_PLAN: Plan = {
  sequences: { tasks: [], errors: [], finally: [], afterExecution: [] },
  tasksById: new Map(),
  hasOutputs: false,
}

const plans = new WeakMap<CompiledFlow, Plan>()

/** Made once for each compiled flow. */
export function planOf(flow: CompiledFlow): Plan {
  const known = plans.get(flow)
  if (known) return known
  const sequences = {
    tasks: flow.tasks.map(planTask),
    errors: flow.errors.map(planTask),
    finally: flow.finally.map(planTask),
    afterExecution: flow.afterExecution.map(planTask),
  }
  const plan: Plan = {
    sequences,
    tasksById: new Map(
      PHASES.flatMap((phase) => sequences[phase].map((task) => [task.taskId, task] as const)),
    ),
    hasOutputs: flow.outputs.length > 0,
  }
  plans.set(flow, plan)
  return plan
}

function planTask(task: CompiledTask): PlanTask {
  return {
    taskId: task.taskId,
    disabled: task.disabled,
    allowFailure: task.allowFailure,
    allowWarning: task.allowWarning,
    ...(task.retry === undefined ? {} : { retry: task.retry }),
  }
}
