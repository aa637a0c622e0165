import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { ERROR_TABLES } from './error-tables.ts'
import { readErrorsPage } from './errors-page.ts'
import { readSources } from './source-files.ts'

const markdown = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
const sources = await readSources()
const coded = ERROR_TABLES.flatMap(({ room, codes }) =>
  Object.entries(codes).map(([code, traits]) => ({ code, room, traits })),
)

describe('docs/errors.md', () => {
  const documented = readErrorsPage(markdown)
  const byCode = (left: { code: string }, right: { code: string }) => left.code.localeCompare(right.code)

  test('has every code of every table, in its room, with its traits, and no other', () => {
    const facts = documented.map(({ code, room, traits }) => ({ code, room, traits }))
    expect(facts.toSorted(byCode)).toEqual(coded.toSorted(byCode))
  })

  test('says of each code what it means and what to do, in a few sentences', () => {
    for (const { code, text } of documented) {
      expect(text.length, code).toBeGreaterThan(40)
      expect(text.split(/(?<=\.)\s+(?=[A-Z`])/).length, code).toBeLessThanOrEqual(4)
    }
  })
})

describe('a page that is not written like this one', () => {
  test.each([
    ['## Room\n\nno name.\n\n### `A_B`\n\n_user, a retry may help_\n\ntext\n', 'names no room'],
    ['## Room\n\n`core/x`. Text\n\n### A_B\n\n_user, a retry may help_\n\ntext\n', 'must be a code'],
    ['## Room\n\n`core/x`. Text\n\n### `A_B`\n\n_nobody, a retry may help_\n\ntext\n', 'must be a code'],
  ])('is refused: %j', (page, message) => {
    expect(() => readErrorsPage(page)).toThrow(message)
  })
})

describe('codes', () => {
  test('belong to one room each', () => {
    const codes = coded.map(({ code }) => code)
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
  })

  test('are used somewhere', () => {
    const text = [...sources.values()].join('\n')
    expect(coded.map(({ code }) => code).filter((code) => !text.includes(`'${code}'`))).toEqual([])
  })

  test('stand in a table wherever an error is made as data', () => {
    const known = new Set(coded.map(({ code }) => code))
    const strangers = [...sources].flatMap(([file, text]) =>
      [...text.matchAll(/\bcode: '([A-Z]+(?:_[A-Z]+)+)'/g)].flatMap(([, code = '']) =>
        // `ERR_…` are Node's own.
        known.has(code) || code.startsWith('ERR_') ? [] : [`${file} ${code}`],
      ),
    )
    expect(strangers).toEqual([])
  })

  test('are in a table that this page knows', () => {
    const names = [...sources].flatMap(([file, text]) =>
      /(^|\/)(errors|pinion-error)\.ts$/.test(file)
        ? [...text.matchAll(/^export const ([A-Z_]+) = \{$/gm)].map(([, name = '']) => name)
        : [],
    )
    expect(names.toSorted()).toEqual(ERROR_TABLES.map(({ name }) => name).toSorted())
  })
})
