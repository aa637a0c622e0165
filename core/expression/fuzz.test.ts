import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { templateArbitrary } from './cases/grammar.ts'
import { testServices, VARIABLES } from './cases/scope.ts'
import { compileTemplate } from './compile/template.ts'
import { compileValue } from './compile/value.ts'
import { checkTemplate } from './editor/check.ts'
import { completeExpression } from './editor/complete.ts'
import { ExpressionError } from './errors.ts'

/** `FUZZ_TEMPLATES=100000` for the full number. */
const RUNS = Number(process.env['FUZZ_TEMPLATES'] ?? 10_000)
const TIMEOUT_MS = 600_000

/** What a template could only get hold of by leaving its sandbox. */
const CANARY = 'canary-of-the-host'

beforeAll(() => {
  Object.defineProperty(Object.prototype, 'inheritedCanary', { value: CANARY, configurable: true })
})
afterAll(() => {
  Reflect.deleteProperty(Object.prototype, 'inheritedCanary')
})

function scope() {
  class Host {
    readonly leak = CANARY
    toJSON(): string {
      return CANARY
    }
    toString(): string {
      return CANARY
    }
  }
  return {
    variables: { ...VARIABLES, host: new Host(), hostFunction: () => CANARY },
    services: testServices(),
  }
}

async function outcome(template: string): Promise<string | ExpressionError> {
  try {
    return await compileTemplate(template).render(scope())
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw new Error(`${JSON.stringify(template)} threw something else.`, { cause: error })
  }
}

test('templates made from the grammar, and mutations of them, never crash or get out', {
  timeout: TIMEOUT_MS,
}, async () => {
  const before = Object.getOwnPropertyNames(Object.prototype).length
  await fc.assert(
    fc.asyncProperty(templateArbitrary, async (template) => {
      const result = await outcome(template)
      const shown = typeof result === 'string' ? result : `${result.message} ${result.hint}`
      expect(shown).not.toContain(CANARY)
      if (result instanceof ExpressionError) expect(result.code, template).not.toBe('EXPRESSION_INTERNAL')
    }),
    { numRuns: RUNS },
  )
  expect(Object.getOwnPropertyNames(Object.prototype).length).toBe(before)
})

test('checking and compiling agree on what is at fault, with places inside the text', {
  timeout: TIMEOUT_MS,
}, () => {
  fc.assert(
    fc.property(templateArbitrary, (template) => {
      const problems = checkTemplate(template)
      const isRefused = (() => {
        try {
          compileTemplate(template)
          return false
        } catch (error) {
          return error instanceof ExpressionError
        }
      })()
      expect(problems.length > 0).toBe(isRefused)
      for (const { offset, length, line, column } of problems) {
        expect(offset + length).toBeLessThanOrEqual(template.length)
        expect(Math.min(line, column)).toBeGreaterThanOrEqual(1)
      }
    }),
    { numRuns: RUNS / 5 },
  )
})

test('texts without delimiters come out as they went in', () => {
  fc.assert(
    fc.property(
      fc.string().map((text) => text.replace(/\{(?=[{%#])/g, '')),
      (text) => {
        if (/\{[{%#]/.test(text)) return
        expect(compileTemplate(text).render({ variables: {}, services: {} })).toBe(text)
      },
    ),
  )
})

test('raw prints any text as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!text.includes('{%'))
      expect(compileTemplate(`{% raw %}${text}{% endraw %}`).render({ variables: {}, services: {} })).toBe(
        text,
      )
    }),
  )
})

test('JSON values survive compileValue, toJson and fromJson', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const scopeOfValue = { variables: { value }, services: {} }
      const text = compileTemplate('{{ fromJson(value | toJson) | toJson }}').render(scopeOfValue)
      expect(JSON.parse(String(text))).toEqual(JSON.parse(JSON.stringify(value)))
      if (!/\{[{%#]/.test(JSON.stringify(value))) expect(() => compileValue(value)).not.toThrow()
    }),
  )
})

test('integers of any size add and multiply exactly', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
      fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
      (a, b) => {
        const arithmetic = { variables: { a, b }, services: {} }
        expect(compileTemplate('{{ a + b }} {{ a * b }} {{ a - b }}').render(arithmetic)).toBe(
          `${a + b} ${a * b} ${a - b}`,
        )
      },
    ),
  )
})

test('completion answers anywhere in any text', () => {
  fc.assert(
    fc.property(templateArbitrary, fc.nat(200), (template, offset) => {
      for (const { from, to } of completeExpression(template, Math.min(offset, template.length), VARIABLES)) {
        expect(from).toBeLessThanOrEqual(to)
        expect(to).toBeLessThanOrEqual(template.length)
      }
    }),
    { numRuns: 1_000 },
  )
})
