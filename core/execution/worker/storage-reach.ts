import { parseStorageUri } from '../../storage/index.ts'
import { ExecutionError } from '../errors.ts'

/** Which files of internal storage an attempt may reach. */
export interface StorageReach {
  readonly tenant: string
  /** Files below it may always be read, such as `company/team`. */
  readonly namespacePath: string
  /** True for the URI of a file elsewhere that was handed to the attempt. */
  wasHandedOver(uri: string): boolean
}

/**
 * The path of a file that may be reached.
 *
 * @throws ExecutionError `TASK_STORAGE_REFUSED`; StorageError if the URI is none
 */
export function reachablePath(uri: string, reach: StorageReach): string {
  const path = parseStorageUri(uri)
  if (path.startsWith(`${reach.namespacePath}/`) || reach.wasHandedOver(uri)) return path
  throw new ExecutionError('TASK_STORAGE_REFUSED', `This task may not reach ${uri}.`, {
    hint: 'A task reaches the files of its own namespace and those whose URI was handed to it.',
  })
}

/** The path of a namespace's files, such as `company/team` for `company.team`. */
export function namespacePathOf(namespace: string): string {
  return namespace.replaceAll('.', '/')
}
