import type { CompiledFlow, CompiledTask } from './model.ts'

/** Every task of a flow, at any depth, in the order of the file. */
export function* allTasks(flow: CompiledFlow): Generator<CompiledTask> {
  yield* withNested([...flow.tasks, ...flow.errors, ...flow.finally, ...flow.afterExecution])
}

function* withNested(tasks: readonly CompiledTask[]): Generator<CompiledTask> {
  for (const task of tasks) {
    yield task
    if (task.flowable) yield* withNested(task.flowable.nested.map((nested) => nested.task))
  }
}
