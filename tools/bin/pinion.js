#!/usr/bin/env node
// Plain JavaScript that old versions of Node can read: it finds the Node that Pinion is pinned to and hands over to it.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_MAJOR = 24
const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, '../cli/main.ts')
const main = existsSync(source) ? source : join(here, '../cli/main.js')

if (Number(process.versions.node.split('.')[0]) === NODE_MAJOR) {
  await import(main)
} else {
  const pinned = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node')
  const { status, signal } = spawnSync(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  if (signal) process.kill(process.pid, signal)
  process.exitCode = status ?? 1
}
