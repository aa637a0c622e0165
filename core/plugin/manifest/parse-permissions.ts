import type { NetworkPermission, PluginPermissions } from '@pinion/plugin-sdk/manifest'
import { MAX_NAME_LENGTH, MAX_NETWORK_PERMISSIONS, MAX_PORTS } from '../limits.ts'
import { ObjectReader, type ProblemList } from './object-reader.ts'

const FLAGS = ['storage', 'kv', 'secrets', 'state', 'process', 'wasm'] as const
const ADDRESS_LISTS = ['network', 'sockets'] as const
const HOST = {
  regExp: /^(?:\*|(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/,
  says: 'a host name, an address, *.NAME or *',
} as const

/** Parses what a version asks for. An unknown permission is a problem: it would be asked for and never granted. */
export function parsePermissions(value: unknown, path: string, problems: ProblemList): PluginPermissions {
  const reader = new ObjectReader(value, path, problems, [...ADDRESS_LISTS, ...FLAGS])
  const permissions: Mutable<PluginPermissions> = {}
  for (const field of ADDRESS_LISTS) {
    if (!reader.has(field)) continue
    permissions[field] = reader.list(field, MAX_NETWORK_PERMISSIONS, (entry, at) =>
      parseAddress(entry, at, problems),
    )
  }
  for (const field of FLAGS) {
    const flag = reader.optionalFlag(field)
    if (flag !== undefined) permissions[field] = flag
  }
  return permissions
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function parseAddress(value: unknown, path: string, problems: ProblemList): NetworkPermission {
  const reader = new ObjectReader(value, path, problems, ['host', 'ports', 'private'])
  const host = reader.text('host', MAX_NAME_LENGTH, HOST)
  const isPrivate = reader.optionalFlag('private')
  const reach = isPrivate === undefined ? { host } : { host, private: isPrivate }
  if (!reader.has('ports')) return reach
  const ports = reader.list('ports', MAX_PORTS, (port, at) => {
    if (typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535) return port
    problems.add(at, 'must be a port, 1 to 65535')
    return 0
  })
  return { ...reach, ports }
}
