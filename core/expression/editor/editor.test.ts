import { describe, expect, test } from 'vitest'
import { checkTemplate } from './check.ts'
import { completeExpression } from './complete.ts'
import { listExpressionReference } from './reference-list.ts'

const NAMES = {
  inputs: { region: 'eu', payload: { score: 1 }, 'my-input': 1 },
  outputs: { 'my-task': { value: 1 } },
  flow: {},
}

/** Completions at the place of the bar. */
function complete(marked: string): readonly string[] {
  return completeExpression(marked.replace('|>', ''), marked.indexOf('|>'), NAMES).map(({ insert }) => insert)
}

describe('completeExpression', () => {
  test('offers variables and functions at the start of an expression', () => {
    expect(complete('a {{ in|> }}')).toEqual(['inputs'])
    expect(complete('{{ now|>')).toEqual(['now'])
    expect(complete('{{ |> }}')).toEqual(
      expect.arrayContaining(['inputs', 'outputs', 'flow', 'now', 'secret']),
    )
  })

  test('offers the attributes of a variable, those that need no brackets', () => {
    expect(complete('{{ inputs.|> }}')).toEqual(['region', 'payload'])
    expect(complete('{{ inputs.payload.s|> }}')).toEqual(['score'])
    expect(complete("{{ outputs['my-task'].|> }}")).toEqual(['value'])
    expect(complete('{{ inputs.nope.|> }}')).toEqual([])
  })

  test('offers filters behind a bar, tests behind is, tags behind the opening', () => {
    expect(complete('{{ inputs.region | upp|> }}')).toEqual(['upper'])
    expect(complete('{{ inputs.region is em|> }}')).toEqual(['empty'])
    expect(complete('{{ inputs.region is not nu|> }}')).toEqual(['null'])
    expect(complete('{% fo|> %}')).toEqual(['for'])
    expect(complete('{% if in|> %}')).toEqual(['inputs'])
  })

  test('offers the names of arguments inside a call', () => {
    expect(complete('{{ kv("k", err|>) }}')).toEqual(['errorOnMissing=', 'errorLogs'])
    expect(complete('{{ x | date(form|>) }}')).toEqual(['format='])
  })

  test('offers nothing outside of expressions, in texts and where an operator is due', () => {
    expect(complete('in|>')).toEqual([])
    expect(complete('{{ inputs }} in|>')).toEqual([])
    expect(complete('{{ "in|>" }}')).toEqual([])
    expect(complete('{{ inputs |> }}')).toEqual([])
    expect(complete('{{ "}}" ~ in|>')).toEqual(['inputs'])
  })

  test('says what to replace', () => {
    expect(completeExpression('{{ inp', 6, NAMES)).toMatchObject([
      { insert: 'inputs', from: 3, to: 6, detail: 'map' },
    ])
  })
})

describe('checkTemplate', () => {
  test('finds nothing in literal and valid texts', () => {
    expect(checkTemplate('plain')).toEqual([])
    expect(checkTemplate('{{ missing.at.check.time | upper }}')).toEqual([])
  })

  test('lists all faults at once, in the order of the text, with their places', () => {
    const problems = checkTemplate(
      '{{ a | uper }}\n{{ 1 + }}\n{% if x %}{{ nwo() }}{% endif %}\n  {{ a | join(sep=1) }}',
    )
    expect(problems.map(({ code, line, column, piece }) => [code, line, column, piece])).toEqual([
      ['EXPRESSION_UNKNOWN_NAME', 1, 8, 'uper'],
      ['EXPRESSION_SYNTAX', 2, 8, '}}'],
      ['EXPRESSION_UNKNOWN_NAME', 3, 14, 'nwo'],
      ['EXPRESSION_ARGUMENTS', 4, 15, 'sep=1'],
    ])
    expect(problems[0]?.hint).toContain('Did you mean "upper"?')
  })

  test('goes on behind an unclosed text or comment', () => {
    expect(checkTemplate('{{ "open }} {{ a | nope }}').map(({ code }) => code)).toContain('EXPRESSION_SYNTAX')
    expect(checkTemplate('{{ ) }} {{ a | nope }}').map(({ code }) => code)).toEqual([
      'EXPRESSION_SYNTAX',
      'EXPRESSION_UNKNOWN_NAME',
    ])
  })
})

test('the reference lists every kind once by name', () => {
  const entries = listExpressionReference()
  const keys = entries.map(({ kind, name, summary }) => `${kind} ${name} ${summary}`)
  expect(new Set(keys).size).toBe(keys.length)
  expect(new Set(entries.map(({ kind }) => kind))).toEqual(
    new Set(['function', 'filter', 'test', 'operator', 'tag']),
  )
  expect(structuredClone(entries)).toEqual(entries)
})
