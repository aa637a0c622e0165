import { describe, expect, test } from 'vitest'
import { testScope } from '../cases/scope.ts'
import { compileTemplate } from '../compile/template.ts'
import { OPERATORS } from '../syntax/operators.ts'
import { TAGS } from '../syntax/tags.ts'
import { FILTERS, FUNCTIONS, TESTS } from './table.ts'

const definitions = [
  ...new Set([...FILTERS.values(), ...FUNCTIONS.values(), ...TESTS.values(), ...OPERATORS, ...TAGS]),
]
const examples = definitions.flatMap((definition) => [...definition.examples])

describe('the reference table', () => {
  test.each(examples)('$template compiles', ({ template }) => {
    expect(() => compileTemplate(template)).not.toThrow()
  })

  test.each(
    examples.flatMap((example) => ('output' in example && example.output !== undefined ? [example] : [])),
  )('$template gives what the reference page says', async ({ template, output }) => {
    expect(await compileTemplate(template).render(testScope())).toBe(output)
  })

  test.each([...new Set([...FILTERS.values(), ...FUNCTIONS.values()])])(
    '$name puts optional parameters last',
    ({ parameters }) => {
      const firstOptional = parameters.findIndex((parameter) => parameter.isOptional === true)
      const lastRequired = parameters.findLastIndex((parameter) => parameter.isOptional !== true)
      if (firstOptional !== -1) expect(lastRequired).toBeLessThan(firstOptional)
    },
  )
})
