import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openCatalog } from '../testing/installed.ts'
import { compileFlow } from './compile-flow.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/flows')
const SOURCES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
const { catalog } = await openCatalog()

/** Pieces that mean something to YAML, to expressions or to the flow language. */
const PIECES = [
  ':',
  '- ',
  '\n',
  '\n  ',
  '  ',
  '\t',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  '|',
  '>',
  '#',
  '&a ',
  '*a',
  '!!int ',
  '!x ',
  '? ',
  '<<: ',
  '~',
  'null',
  'true',
  '1e999',
  '.inf',
  '0',
  '{{',
  '}}',
  '{%',
  '{% if x %}',
  '{{ outputs.a.b }}',
  '---\n',
  '...\n',
  '__proto__: ',
  'constructor: ',
  'toString: ',
  'id: a\n',
  'type: ',
  'version: ',
  'tasks:\n',
  'io.acme.http.Request',
  'pluginDefaults:\n',
  '\u0000',
  '\ufeff',
  '\u2028',
  '💥',
  '\ud800',
  'conditions: [{}]',
  'taskRunner: ',
  'retry: {type: constant}',
]

type Edit =
  | { readonly kind: 'insert'; readonly at: number; readonly piece: string }
  | { readonly kind: 'delete' | 'repeat'; readonly at: number; readonly length: number }
  | { readonly kind: 'move'; readonly at: number; readonly length: number; readonly to: number }

const position = fc.double({ min: 0, max: 1, noNaN: true })
const length = fc.integer({ min: 1, max: 60 })
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    at: position,
    piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 })),
  }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'repeat' as const), at: position, length }),
  fc.record({ kind: fc.constant('move' as const), at: position, length, to: position }),
)

function apply(source: string, change: Edit): string {
  const at = Math.floor(change.at * source.length)
  switch (change.kind) {
    case 'insert':
      return source.slice(0, at) + change.piece + source.slice(at)
    case 'delete':
      return source.slice(0, at) + source.slice(at + change.length)
    case 'repeat':
      return source.slice(0, at + change.length) + source.slice(at)
    case 'move': {
      const cut = source.slice(at, at + change.length)
      const rest = source.slice(0, at) + source.slice(at + change.length)
      const to = Math.floor(change.to * rest.length)
      return rest.slice(0, to) + cut + rest.slice(to)
    }
    default:
      return change satisfies never
  }
}

test('a flow text damaged in any way gives a flow or problems with a place, never a throw', () => {
  let flows = 0
  let refusals = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...SOURCES),
      fc.array(edit, { minLength: 1, maxLength: 6 }),
      (original, edits) => {
        const source = edits.reduce(apply, original)
        const { flow, problems } = compileFlow(source, {
          tenant: 'main',
          catalog: catalog.current,
          defaults: { instance: [], namespaces: [] },
          instanceVersion: 'LATEST',
        })
        const errors = problems.filter(({ severity }) => severity === 'error')
        expect(flow === undefined).toBe(errors.length > 0)
        if (flow === undefined) refusals += 1
        else flows += 1
        const lineCount = source.split(/\r\n|\r|\n/).length
        for (const { line, column, code, message } of problems) {
          expect(code).toMatch(/^[A-Z_]+$/)
          expect(message).not.toBe('')
          expect(
            Number.isInteger(line) && line >= 1 && line <= lineCount + 1,
            `line ${line} of ${lineCount}`,
          ).toBe(true)
          expect(Number.isInteger(column) && column >= 1).toBe(true)
        }
      },
    ),
    { numRuns: 1_000 },
  )
  // Both outcomes were seen: the mutations neither spare nor wreck everything.
  expect(flows).toBeGreaterThan(5)
  expect(refusals).toBeGreaterThan(500)
}, 60_000)

test('large flows compile in time linear in their tasks', () => {
  const flowOf = (count: number) =>
    `id: big\nnamespace: company\ntasks:\n${Array.from(
      { length: count },
      (_, i) =>
        `  - id: t${i}\n    type: io.acme.http.Request\n    uri: "http://x/{{ outputs.t0.body }}/${i}"\n    headers: { a: b }\n`,
    ).join('')}`
  const compile = (source: string) => {
    const startedAt = performance.now()
    const { problems } = compileFlow(source, {
      tenant: 'main',
      catalog: catalog.current,
      defaults: {
        instance: [{ type: 'io.acme', values: { method: 'POST' }, forced: false }],
        namespaces: [],
      },
      instanceVersion: 'LATEST',
    })
    expect(problems).toEqual([])
    return performance.now() - startedAt
  }
  compile(flowOf(50))
  // The best of a few: what else the machine does must not decide.
  const best = (count: number) => Math.min(...Array.from({ length: 4 }, () => compile(flowOf(count))))
  expect(best(2_000) / best(200)).toBeLessThan(40)
})
