import type { JsonValue } from '@pinion/plugin-sdk/manifest'
import type { State, TaskRunRecord } from './model.ts'

interface Tree<Leaf> {
  [name: string]: Leaf | Tree<Leaf>
}

/**
 * `outputs` and `tasks` as expressions see them. Both grow in place: no copy of what is there for each task that ends.
 * Within loops they are keyed by the values of all loops around, outermost first: `outputs.<taskId>[value].x`.
 */
export class TaskVariables {
  readonly outputs: Tree<JsonValue> = Object.create(null)
  readonly tasks: Tree<{ readonly state: State }> = Object.create(null)
  readonly #find: (taskRunId: string) => TaskRunRecord | undefined

  constructor(find: (taskRunId: string) => TaskRunRecord | undefined) {
    this.#find = find
  }

  put(taskRun: TaskRunRecord): void {
    const path = [taskRun.taskId, ...loopValues(taskRun, this.#find)]
    plant(this.tasks, path, { state: taskRun.state })
    if (taskRun.outputs !== undefined) plant(this.outputs, path, taskRun.outputs)
  }
}

/** The task runs around a task run, nearest first. */
export function ancestorsOf(
  taskRun: TaskRunRecord,
  find: (taskRunId: string) => TaskRunRecord | undefined,
): readonly TaskRunRecord[] {
  const ancestors: TaskRunRecord[] = []
  let current: TaskRunRecord | undefined = taskRun
  while (current?.parentTaskRunId !== undefined) {
    current = find(current.parentTaskRunId)
    if (current) ancestors.push(current)
  }
  return ancestors
}

function loopValues(
  taskRun: TaskRunRecord,
  find: (taskRunId: string) => TaskRunRecord | undefined,
): readonly string[] {
  if (taskRun.parentTaskRunId === undefined) return []
  return [taskRun, ...ancestorsOf(taskRun, find)].flatMap(({ value }) => value ?? []).toReversed()
}

function plant<Leaf>(tree: Tree<Leaf>, path: readonly string[], leaf: Leaf): void {
  const last = path.length - 1
  let branch = tree
  for (const name of path.slice(0, last)) {
    // A branch never stands where a leaf was: a task has the same loops around it in all its runs.
    const below = branch[name] as Tree<Leaf> | undefined
    if (below === undefined) {
      const grown: Tree<Leaf> = Object.create(null)
      branch[name] = grown
      branch = grown
    } else branch = below
  }
  branch[path[last]!] = leaf
}
