import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import type { CompiledFlow } from '../../flow/index.ts'
import { newId } from '../../id/index.ts'
import { ExecutionError } from '../errors.ts'
import type { ExecutionRecord, Label } from '../model.ts'
import { parseInputs } from './parse-inputs.ts'

export interface ExecutionRequest {
  readonly tenant: string
  readonly namespace: string
  readonly flowId: string
  readonly revision?: number
  readonly inputs?: JsonObject
  readonly labels?: readonly Label[]
  readonly trigger?: JsonObject
  readonly kind?: ExecutionRecord['kind']
}

/**
 * The row of a new execution.
 *
 * @throws ExecutionError `EXECUTION_FLOW_DISABLED`, `EXECUTION_INPUT_INVALID`
 */
export function newExecution(flow: CompiledFlow, request: ExecutionRequest, nowMs: number): ExecutionRecord {
  if (flow.disabled) {
    throw new ExecutionError(
      'EXECUTION_FLOW_DISABLED',
      `The flow ${flow.namespace}.${flow.flowId} is disabled.`,
      {
        hint: 'Save it with `disabled: false` to run it.',
      },
    )
  }
  return {
    tenant: flow.tenant,
    executionId: newId(nowMs),
    namespace: flow.namespace,
    flowId: flow.flowId,
    flowRevision: flow.revision,
    state: 'CREATED',
    histories: [{ state: 'CREATED', atMs: nowMs }],
    labels: mergeLabels(flow.labels, request.labels ?? []),
    inputs: parseInputs(flow, request.inputs ?? {}),
    ...(request.trigger === undefined ? {} : { trigger: request.trigger }),
    kind: request.kind ?? 'NORMAL',
    isSettled: false,
    createdAtMs: nowMs,
  }
}

/** The flow's labels, overridden by those given at the start. */
function mergeLabels(ofFlow: readonly Label[], given: readonly Label[]): readonly Label[] {
  return [...new Map([...ofFlow, ...given].map((label) => [label.key, label])).values()]
}
