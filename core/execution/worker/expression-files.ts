import { text } from 'node:stream/consumers'
import type { ExpressionServices } from '../../expression/index.ts'
import { formatStorageUri, type Storage } from '../../storage/index.ts'
import { ExecutionError } from '../errors.ts'
import { MAX_EXPRESSION_READ_BYTES } from '../limits.ts'
import { namespacePathOf, reachablePath, type StorageReach } from './storage-reach.ts'

/** Folder of a namespace in internal storage that holds its namespace files. */
const NAMESPACE_FILES = '_files'
const NAMESPACE_FILE_URI = /^nsfile:\/\/([^/]*)\/(.+)$/s

/**
 * Files as expressions see them: `kestra:///` URIs and namespace files, as far as the task itself may reach them. What is
 * read is bounded over all expressions that share the services, since they may wait at the same time.
 */
export function expressionFiles(
  storage: Storage,
  reach: StorageReach,
): Required<Pick<ExpressionServices, 'read' | 'fileSize' | 'fileExists'>> {
  const { tenant } = reach
  let leftBytes = MAX_EXPRESSION_READ_BYTES

  async function find(uri: string): Promise<{ readonly path: string; readonly sizeBytes: number }> {
    const path = pathOf(uri, reach)
    const stat = await storage.stat(tenant, path)
    if (stat === undefined) throw new ExecutionError('TASK_STORAGE_MISSING', `There is no file ${uri}.`)
    return { path, sizeBytes: stat.sizeBytes }
  }

  return {
    read: async (uri) => {
      const { path, sizeBytes } = await find(uri)
      if (sizeBytes > leftBytes) {
        throw new ExecutionError(
          'TASK_FILE_TOO_LARGE',
          `Reading ${uri} (${sizeBytes} bytes) passes the ${MAX_EXPRESSION_READ_BYTES} bytes that expressions may read.`,
          { hint: 'Hand the URI of the file to the task instead of its content.' },
        )
      }
      leftBytes -= sizeBytes
      return sizeBytes === 0 ? '' : text(await storage.read(tenant, path, { offset: 0, length: sizeBytes }))
    },
    fileSize: async (uri) => (await find(uri)).sizeBytes,
    fileExists: async (uri) => (await storage.stat(tenant, pathOf(uri, reach))) !== undefined,
  }
}

function pathOf(uri: string, reach: StorageReach): string {
  const [, namespace = '', file] = NAMESPACE_FILE_URI.exec(uri) ?? []
  if (file === undefined) return reachablePath(uri, reach)
  const folder = namespace === '' ? reach.namespacePath : namespacePathOf(namespace)
  return reachablePath(formatStorageUri(`${folder}/${NAMESPACE_FILES}/${file}`), reach)
}
