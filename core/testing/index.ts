export { type FlowRun, type RunFlowOptions, runFlow, type TaskRunResult } from './run-flow.ts'
