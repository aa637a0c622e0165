/** A plugin host: a child process that holds isolates and is expendable. Started by `pool/host-process.ts`. */
import { readFileSync } from 'node:fs'
import type { GuestScripts } from '../guest-scripts.ts'
import { HostChannel } from './channel.ts'
import { CodeCache } from './code-cache.ts'
import type { HostConfig } from './config.ts'
import { HostServer } from './host-server.ts'
import { MarkerWriter } from './marker-writer.ts'

// Both come from the parent, which made them.
const config = JSON.parse(process.argv[2] ?? '') as HostConfig
const scripts = JSON.parse(readFileSync(config.guestScriptsPath, 'utf8')) as GuestScripts

const channel = new HostChannel()
const server = new HostServer(channel, config, {
  scripts,
  codeCache: new CodeCache(config.codeCacheDir),
  marker: new MarkerWriter(),
  heapBytes: config.isolateHeapBytes,
})
channel.onMessages((messages) => server.receive(messages))
channel.send({ t: 'ready', protocol: 1, residentBytes: process.memoryUsage.rss() })
