import { describe, expect, test } from 'vitest'
import { compileTemplate } from '../compile/template.ts'
import { ExpressionError } from '../errors.ts'
import type { Case } from './case.ts'
import { DATE_CASES } from './dates.ts'
import { FILTER_CASES } from './filters.ts'
import { FUNCTION_CASES } from './functions.ts'
import { JQ_CASES } from './jq.ts'
import { OPERATOR_CASES } from './operators.ts'
import { testScope } from './scope.ts'
import { SYNTAX_CASES } from './syntax.ts'
import { TAG_CASES } from './tags.ts'
import { TEST_CASES } from './tests.ts'

const SUBJECTS: Readonly<Record<string, readonly Case[]>> = {
  syntax: SYNTAX_CASES,
  operators: OPERATOR_CASES,
  tags: TAG_CASES,
  tests: TEST_CASES,
  filters: FILTER_CASES,
  dates: DATE_CASES,
  functions: FUNCTION_CASES,
  jq: JQ_CASES,
}

describe.each(Object.entries(SUBJECTS))('%s', (_subject, cases) => {
  test.each(cases)('%s', async (template, expected) => {
    if (typeof expected === 'string') {
      expect(await compileTemplate(template).render(testScope())).toBe(expected)
      return
    }
    const error = await failureOf(template)
    expect(error).toBeInstanceOf(ExpressionError)
    expect(error).toMatchObject({ code: expected.code })
    if (error instanceof ExpressionError) {
      expect(`${error.message} ${error.hint}`).toContain(expected.says ?? '')
      expect(error.at?.line).toBeGreaterThanOrEqual(1)
      expect(error.at?.column).toBeGreaterThanOrEqual(1)
    }
  })
})

test('there are at least 800 cases, none of them twice', () => {
  const templates = Object.values(SUBJECTS).flatMap((cases) => cases.map(([template]) => template))
  expect(new Set(templates).size).toBe(templates.length)
  expect(templates.length).toBeGreaterThanOrEqual(800)
})

async function failureOf(template: string): Promise<unknown> {
  try {
    return await compileTemplate(template).render(testScope())
  } catch (error) {
    return error
  }
}
