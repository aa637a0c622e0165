#!/usr/bin/env node
// Published, the SDK is JavaScript and runs on any supported Node. In its own workspace it is TypeScript, which Node
// runs from 22.18 on; an older one hands over to the Node that the workspace has installed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const compiled = new URL('../cli/main.js', import.meta.url)
const isCompiled = existsSync(compiled)

if (isCompiled || process.features.typescript) {
  const { main } = await import(isCompiled ? compiled.href : new URL('../cli/main.ts', import.meta.url).href)
  process.exitCode = await main(process.argv.slice(2), {
    out: (line) => process.stdout.write(`${line}\n`),
    error: (line) => process.stderr.write(`${line}\n`),
  })
} else {
  const node = createRequire(import.meta.url).resolve('node/bin/node')
  const script = fileURLToPath(import.meta.url)
  const { status } = spawnSync(node, [script, ...process.argv.slice(2)], { stdio: 'inherit' })
  process.exitCode = status ?? 1
}
