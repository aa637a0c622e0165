/** Writes every page that is made from code: `npm run docs`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GENERATED_PAGES } from './pages.ts'

for (const { path, make } of GENERATED_PAGES) {
  await writeFile(join(import.meta.dirname, '../..', path), make())
  process.stdout.write(`${path}\n`)
}
