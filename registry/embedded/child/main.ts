import { rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { dirname } from 'node:path'
import { messageOf, RegistryError } from '../../errors.ts'
import type { ChildOptions, ToChild } from '../protocol.ts'
import { createDirectoryDurably } from '../storage/durable-file.ts'
import { registryLayout } from '../storage/layout.ts'
import { heal } from './heal.ts'
import { Inspector } from './inspector.ts'
import { type ChildLog, createChildLog } from './log.ts'
import { Ownership } from './ownership.ts'
import { PackageLocks } from './package-lock.ts'
import { PackageStore } from './package-store.ts'
import { ParentLink } from './parent-link.ts'
import { createRegistryServer } from './registry-server.ts'
import { Tombstones } from './tombstones.ts'
import { UplinkNames } from './uplink-names.ts'
import { loadVerdaccio } from './verdaccio.ts'
import { holdWriterLock } from './writer-lock.ts'

const link = new ParentLink()
let server: Server | undefined

process.on('message', (message: ToChild) => {
  switch (message.type) {
    case 'start':
      start(message.options).catch(fail)
      return
    case 'mayUnpublish':
      link.takeDecisions(message.id, message.decisions)
      return
    case 'close':
      close()
      return
    default:
      message satisfies never
  }
})
// Without its parent this process serves nobody. What is half done is swept away at the next start.
process.on('disconnect', () => process.exit(0))
// The parent decides when to stop: a Ctrl-C in a terminal, or a service manager, reaches both.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)

async function start(options: ChildOptions): Promise<void> {
  const startedAtMs = performance.now()
  const log = createChildLog(options.logLevel)
  const layout = registryLayout(options.registryDir)
  await createDirectoryDurably(layout.root)
  process.chdir(layout.root)
  await holdWriterLock(layout.root)
  const report = await heal(layout)
  for (const path of report.removed) log('warn', 'Removed what an interrupted change had left.', { path })
  for (const { name, problem } of report.problems)
    log('error', 'A stored package is damaged.', { name, problem })

  const tombstones = new Tombstones(layout)
  const ownership = await Ownership.open(layout, options.scopeOwners)
  await ownership.keepOnly([...report.packageNames, ...(await tombstones.packageNames())])
  const [inspector, verdaccio] = await Promise.all([
    options.inspectorModule === undefined ? undefined : Inspector.load(options.inspectorModule),
    loadVerdaccio(options, layout),
  ])
  server = createRegistryServer({
    options,
    verdaccio,
    log,
    lastSequence: () => link.sequence,
    context: {
      store: new PackageStore(layout),
      locks: new PackageLocks(),
      ownership,
      tombstones,
      uplinkNames: new UplinkNames(options.uplinks),
      inspector,
      maxTarballBytes: options.maxTarballBytes,
      tell: (event) => link.tell(event),
      mayUnpublish: (versions) => link.mayUnpublish(versions),
    },
  })
  await listen(server, options.socketPath, log)
  await link.send({ type: 'ready', startMs: performance.now() - startedAtMs })
}

function listen(listening: Server, socketPath: string, log: ChildLog): Promise<void> {
  process.once('exit', () => rmSync(dirname(socketPath), { recursive: true, force: true }))
  return new Promise((resolve, reject) => {
    listening.once('error', reject)
    listening.listen(socketPath, () => {
      listening.on('error', (error) =>
        log('error', 'The private socket failed.', { error: messageOf(error) }),
      )
      resolve()
    })
  })
}

/** Requests under way are finished; the parent kills what takes too long. */
function close(): void {
  if (server === undefined) process.exit(0)
  server.close(() => process.exit(0))
  server.closeIdleConnections()
}

async function fail(error: unknown): Promise<void> {
  const isOurs = error instanceof RegistryError
  await link.send({
    type: 'failed',
    code: isOurs ? error.code : 'REGISTRY_START_FAILED',
    message: messageOf(error),
    ...(isOurs && error.hint !== undefined ? { hint: error.hint } : {}),
  })
  process.exit(1)
}
