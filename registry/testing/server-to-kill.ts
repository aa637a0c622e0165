import { startRegistryProcess } from '../embedded/registry-process.ts'

/** A server that does nothing but run a registry on the folder it is given, until it is killed. */
const registry = startRegistryProcess({
  dataDir: process.argv[2] ?? '',
  log: () => undefined,
  login: async () => ({ outcome: 'refused' }),
  revoke: async () => undefined,
  mayUnpublish: async () => ({ allowed: true }),
})
await registry.start()
process.send?.({ pid: registry.pid })
