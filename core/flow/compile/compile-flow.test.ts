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

describe('floods of problems', () => {
  const head = 'id: a\nnamespace: b\ntasks:\n  - {id: t, type: io.kestra.plugin.core.log.Log, message: x}\n'
  const flood = (count: number, line: (index: number) => string) =>
    compileFlow(`${head}${Array.from({ length: count }, (_, index) => line(index)).join('')}`, OPTIONS)
      .problems

  test('are cut, and counted', () => {
    const problems = flood(300, (index) => `key${index}: 1\n`)
    expect(problems).toHaveLength(201)
    expect(problems.at(-1)).toMatchObject({
      code: 'FLOW_TOO_MANY_PROBLEMS',
      severity: 'error',
      message: 'There are 100 more problems.',
    })
  })

  test('of warnings do not hide an error', () => {
    const problems = flood(300, (index) =>
      index === 0 ? 'variables:\n' : `  v${index}: "{{ outputs.nope${index}.x }}"\n`,
    )
    expect(problems.every(({ severity }) => severity === 'warning')).toBe(true)
    const withError = flood(301, (index) =>
      index === 0
        ? 'variables:\n'
        : index === 300
          ? 'zzz: 1\n'
          : `  v${index}: "{{ outputs.nope${index}.x }}"\n`,
    )
    expect(withError.map(({ code }) => code)).toEqual(['FLOW_PROPERTY_UNKNOWN', 'FLOW_TOO_MANY_PROBLEMS'])
  })

  test('one a line take bounded time', () => {
    const startedAt = performance.now()
    expect(flood(26_000, (index) => `k${index}: 1\n`).length).toBe(201)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
