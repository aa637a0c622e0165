import { allTasks, type CompiledFlow } from '../../flow/index.ts'
import { ExecutionState } from '../execution-state.ts'
import type { ExecutionRecord } from '../model.ts'
import { EMPTY_PLAN } from '../plan/plan.ts'
import { planOf } from '../plan/plan-flow.ts'
import type { ExecutionRepository } from '../repository.ts'

/** An execution in memory, with the revision that it runs. */
export interface LiveExecution {
  readonly state: ExecutionState
  /** Absent when the revision cannot run any more: then the execution can only be abandoned. */
  readonly flow: CompiledFlow | undefined
}

/** Gives the revision that an execution runs, ready to run. */
export interface FlowProvider {
  /** @throws if the revision is gone or does not compile any more. */
  prepare(tenant: string, namespace: string, flowId: string, revision?: number): Promise<CompiledFlow>
}

/** The executions that this executor works on. What is not here is rebuilt from its rows when an event asks for it. */
export class LiveExecutions {
  readonly #live = new Map<string, LiveExecution>()
  readonly #executions: ExecutionRepository
  readonly #flows: FlowProvider

  constructor(executions: ExecutionRepository, flows: FlowProvider) {
    this.#executions = executions
    this.#flows = flows
  }

  get size(): number {
    return this.#live.size
  }

  /** True while an execution here runs a flow that was prepared with this bundle. */
  uses(bundleSha512: string): boolean {
    for (const { flow } of this.#live.values()) {
      if (flow && bundlesOf(flow).has(bundleSha512)) return true
    }
    return false
  }

  get(executionId: string): LiveExecution | undefined {
    return this.#live.get(executionId)
  }

  add(flow: CompiledFlow, execution: ExecutionRecord): LiveExecution {
    const live = { flow, state: new ExecutionState(planOf(flow), execution) }
    this.#live.set(execution.executionId, live)
    return live
  }

  /** @returns undefined if there is no such execution. */
  async load(tenant: string, executionId: string): Promise<LiveExecution | undefined> {
    const live = await this.view(tenant, executionId)
    if (live !== undefined) this.#live.set(executionId, live)
    return live
  }

  /** As `load`, for somebody who only looks: it is built from its rows and not kept. */
  async view(
    tenant: string,
    executionId: string,
  ): Promise<(LiveExecution & { readonly flow: CompiledFlow }) | undefined> {
    const execution = await this.#executions.find(tenant, executionId)
    if (execution === undefined) return undefined
    const flow = await this.#flows.prepare(
      tenant,
      execution.namespace,
      execution.flowId,
      execution.flowRevision,
    )
    const taskRuns = await this.#executions.listTaskRuns(tenant, executionId)
    return { flow, state: new ExecutionState(planOf(flow), execution, taskRuns) }
  }

  /** As `load`, for an execution whose revision cannot be prepared: its rows, to be brought to an end. */
  async loadOrphan(tenant: string, executionId: string): Promise<LiveExecution | undefined> {
    const execution = await this.#executions.find(tenant, executionId)
    if (execution === undefined) return undefined
    const taskRuns = await this.#executions.listTaskRuns(tenant, executionId)
    const live = { flow: undefined, state: new ExecutionState(EMPTY_PLAN, execution, taskRuns) }
    this.#live.set(executionId, live)
    return live
  }

  evict(executionId: string): void {
    this.#live.delete(executionId)
  }
}

const bundles = new WeakMap<CompiledFlow, ReadonlySet<string>>()

function bundlesOf(flow: CompiledFlow): ReadonlySet<string> {
  const known = bundles.get(flow)
  if (known) return known
  const found = new Set(Array.from(allTasks(flow), (task) => task.plugin.bundle.sha512))
  bundles.set(flow, found)
  return found
}
