/** The process of one `runtime: node` plugin version. Started by `pool/host-process.ts` under the permission model. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { format } from 'node:util'
import type { HostBundle } from '../protocol/messages.ts'
import { HostChannel } from './channel.ts'
import { MarkerWriter } from './marker-writer.ts'
import type { NodeAttempt } from './node-attempt.ts'
import { NodeServer } from './node-server.ts'

// It comes from the parent, which made it.
const { bundle } = JSON.parse(process.argv[2] ?? '') as { readonly bundle: HostBundle }

const running = new AsyncLocalStorage<NodeAttempt>()
const channel = new HostChannel()
const server = new NodeServer(bundle, channel, new MarkerWriter(), running)

const LEVELS = { debug: 1, log: 2, info: 2, warn: 3, error: 4 } as const
for (const [name, level] of Object.entries(LEVELS)) {
  Reflect.set(console, name, (...args: unknown[]) => running.getStore()?.log(level, format(...args)))
}
process.on('unhandledRejection', (reason) => server.warn(`Unhandled rejection: ${format(reason)}`))

channel.onMessages((messages) => server.receive(messages))
channel.send({ t: 'ready', protocol: 1, residentBytes: process.memoryUsage.rss() })
