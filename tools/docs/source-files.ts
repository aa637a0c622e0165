import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const ROOMS = '{core,server,registry,plugin-sdk,plugins,tools}'
const LEFT_OUT = /(^|\/)(node_modules|dist|fixtures|conformance|cases|demo)(\/|$)|^core\/\w+\/testing(\/|$)/

/** The product's TypeScript files by path below the root; tests and what serves them are left out. */
export async function readSources(): Promise<ReadonlyMap<string, string>> {
  const sources = new Map<string, string>()
  const files = glob(`${ROOMS}/**/*.ts`, { cwd: ROOT, exclude: (path) => LEFT_OUT.test(path) })
  for await (const file of files) {
    if (file.endsWith('.test.ts') || file.endsWith('conformance.ts') || LEFT_OUT.test(file)) continue
    sources.set(file, readFileSync(join(ROOT, file), 'utf8'))
  }
  return sources
}
