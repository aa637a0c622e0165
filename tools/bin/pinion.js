#!/usr/bin/env node
// Plain JavaScript that old versions of Node can read: it finds the Node that Pinion is pinned to and hands over to it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_MAJOR = 24
const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, '../cli/main.ts')
const main = existsSync(source) ? source : join(here, '../cli/main.js')

// Compiled code is kept beside the code itself, where only who may change that may change it; where it cannot be written
// nothing is kept. By the environment it reaches the processes that a server starts.
process.env['NODE_COMPILE_CACHE'] ||= join(here, '../dist/compile-cache')

if (Number(process.versions.node.split('.')[0]) === NODE_MAJOR) {
  module.enableCompileCache(process.env['NODE_COMPILE_CACHE'])
  await import(main)
} else {
  const pinned = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node')
  const child = spawn(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  // Whoever stops this process (a service manager, a container) means that one. Ctrl-C on a terminal reaches both.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => {})
  child.on('exit', (status, signal) => {
    process.exitCode = status ?? 1
    if (signal === null) return
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
