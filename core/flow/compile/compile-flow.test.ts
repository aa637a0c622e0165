import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FlowProblem } from '../model.ts'
import { openCatalog } from '../testing/installed.ts'
import { type CompileOptions, compileFlow } from './compile-flow.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/flows')
const { catalog } = await openCatalog()

const OPTIONS: CompileOptions = {
  tenant: 'main',
  catalog: catalog.current,
  defaults: { instance: [], namespaces: [] },
  instanceVersion: 'LATEST',
}

function lineOf({ severity, code, line, column, path, message, hint }: FlowProblem): string {
  const place = `${line}:${column} ${severity} ${code} ${path}`
  // What other rooms say is theirs to word: here it is only where it is said.
  return code.startsWith('FLOW_') ? `${place}\n  ${message}\n  ${hint ?? '-'}\n` : `${place}\n`
}

describe('each flow of fixtures/flows has exactly the problems written beside it', () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))
  test.each(names)('%s', async (name) => {
    const source = readFileSync(join(FOLDER, name), 'utf8')
    const { flow, problems } = compileFlow(source, OPTIONS)
    const hasErrors = problems.some(({ severity }) => severity === 'error')
    expect(flow === undefined).toBe(hasErrors)
    await expect(problems.map(lineOf).join('')).toMatchFileSnapshot(
      join(FOLDER, name.replace('.yaml', '.problems.txt')),
    )
  })
})
