import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLI_VARIABLES } from '../cli/environment.ts'
import { cliPage } from './cli-page.ts'
import { GENERATED_PAGES } from './pages.ts'
import { readSources } from './source-files.ts'

test.each(GENERATED_PAGES)(
  '$path is what the code says; `npm run docs` writes it',
  async ({ path, make }) => {
    expect(await readFile(join(import.meta.dirname, '../..', path), 'utf8')).toBe(make())
  },
)

describe('docs/cli.md', () => {
  const sections = cliPage().split(/^#{2,3} /m)

  test('says what every command is for', () => {
    const commands = sections.filter((section) => section.startsWith('pinion '))
    expect(commands.length).toBeGreaterThan(20)
    for (const section of commands) {
      expect(section).toMatch(/^pinion .+\n\n[A-Z].+\.\n/)
      expect(section).not.toMatch(/\|\s*\|\n/)
    }
  })

  test('has every environment variable that the command line reads', async () => {
    const read = [...(await readSources())].flatMap(([file, text]) =>
      file.startsWith('tools/cli/')
        ? [...text.matchAll(/(?:env|variable)[[(]'([A-Z_]+)'/g)].map(([, name]) => name)
        : [],
    )
    expect([...new Set(read)].toSorted()).toEqual(Object.keys(CLI_VARIABLES).toSorted())
  })
})
