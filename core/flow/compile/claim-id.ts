import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import { formatPath, type PropertyPath } from '../path/property-path.ts'
import type { CompileContext } from './context.ts'

/** A task's id is its own in the whole flow, however deep the task stands. */
export function claimTaskId(context: CompileContext, written: JsonObject, path: PropertyPath): void {
  claimId(context, context.taskPaths, written, path, 'task')
}

/**
 * Reports an id that another has already.
 *
 * @param seen - where each id stands; the new one is added
 * @param noun - what has the id, for the message
 */
export function claimId(
  { problems, yaml }: CompileContext,
  seen: Map<string, PropertyPath>,
  written: JsonObject,
  path: PropertyPath,
  noun: string,
): void {
  const { id } = written
  if (typeof id !== 'string') return
  const first = seen.get(id)
  if (first === undefined) {
    seen.set(id, path)
    return
  }
  problems.add([...path, 'id'], {
    code: 'FLOW_ID_DUPLICATE',
    message: `There is another ${noun} with the id "${id}", at ${formatPath(first)} on line ${yaml.locate([...first, 'id'], 'value').line}.`,
    hint: `Ids of ${noun}s are unique within the flow: rename one of the two.`,
  })
}
