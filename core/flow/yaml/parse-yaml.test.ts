import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_SOURCE_CHARACTERS, MAX_YAML_NODES } from '../limits.ts'
import { parseYaml } from './parse-yaml.ts'
import { splitYamlDocuments } from './split-documents.ts'

function dataOf(source: string): unknown {
  const { yaml, problems } = parseYaml(source)
  expect(problems).toEqual([])
  return yaml?.data
}

function placeIn(source: string, path: (string | number)[], part: 'key' | 'value' = 'value'): string {
  const place = parseYaml(source).yaml?.locate(path, part)
  return `${place?.line}:${place?.column}`
}

describe('values', () => {
  test('are those of YAML 1.2: yes, on, sexagesimals, dates and merge keys stay text', () => {
    const source =
      'a: yes\nb: on\nc: 12:30:45\nd: 2024-04-12\ne: 0o17\nf: true\ng: ~\nh: 1.50\n"<<": {z: 1}\n'
    expect(dataOf(source)).toEqual({
      a: 'yes',
      b: 'on',
      c: '12:30:45',
      d: '2024-04-12',
      e: 15,
      f: true,
      g: null,
      h: 1.5,
      '<<': { z: 1 },
    })
  })

  test('JSON text is read as what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'))
        const text = JSON.stringify(value)
        expect(JSON.stringify(parseYaml(text).yaml?.data)).toBe(JSON.stringify(JSON.parse(text)))
      }),
      { numRuns: 200 },
    )
  })

  test('keys that are numbers or booleans become text as written', () => {
    expect(dataOf('1.0: a\ntrue: b\n')).toEqual({ '1.0': 'a', true: 'b' })
  })

  test('aliases become copies, and a redefined anchor means its last definition before the alias', () => {
    expect(dataOf('a: &x 1\nb: *x\nc: &x 2\nd: *x\n')).toEqual({ a: 1, b: 1, c: 2, d: 2 })
  })
})

describe('places', () => {
  const source = 'id: a\ntasks:\n  - id: first\n    uri: http://x\n  - {id: second}\n'

  test.each([
    [['tasks', 0, 'uri'], 'value', '4:10'],
    [['tasks', 0, 'uri'], 'key', '4:5'],
    [['tasks', 1], 'value', '5:5'],
    [['tasks', 1, 'id'], 'value', '5:10'],
    [['tasks', 0, 'missing'], 'value', '3:5'],
    [['tasks', 7, 'id'], 'value', '3:3'],
    [[], 'value', '1:1'],
  ] as const)('%j (%s) is at %s', (path, part, place) => {
    expect(placeIn(source, [...path], part)).toBe(place)
  })

  test('what stands behind an alias is placed at the alias', () => {
    expect(placeIn('a: &x {b: {c: 1}}\nd: *x\n', ['d', 'b', 'c'])).toBe('2:4')
  })
})

describe('what is refused, with its place', () => {
  test.each([
    ['a: 1\nb: 2\na: 3\n', 'FLOW_YAML_DUPLICATE_KEY', 3, 1],
    ['a:\n  x: 1\n  "x": 2\n', 'FLOW_YAML_DUPLICATE_KEY', 3, 3],
    ['__proto__: {polluted: 1}\n', 'FLOW_YAML_VALUE_REFUSED', 1, 1],
    ['a: .nan\n', 'FLOW_YAML_VALUE_REFUSED', 1, 4],
    ['a: -.inf\n', 'FLOW_YAML_VALUE_REFUSED', 1, 4],
    ['[1, 2]: a\n', 'FLOW_YAML_VALUE_REFUSED', 1, 1],
    ['? {a: 1}\n: b\n', 'FLOW_YAML_VALUE_REFUSED', 1, 3],
    ['a: {{ outputs.x }}\n', 'FLOW_YAML_VALUE_REFUSED', 1, 5],
    ['a: !!js/function "x"\n', 'FLOW_YAML_SYNTAX', 1, 4],
    ['a: !Ref x\n', 'FLOW_YAML_SYNTAX', 1, 4],
    ['a: !!binary aGk=\n', 'FLOW_YAML_VALUE_REFUSED', 1, 13],
    ['a: *nowhere\n', 'FLOW_YAML_SYNTAX', 1, 4],
    ['a: &x [1, *x]\n', 'FLOW_YAML_VALUE_REFUSED', 1, 11],
    ['a: "open\n', 'FLOW_YAML_SYNTAX', 2, 1],
    ['a:\n\tb: 1\n', 'FLOW_YAML_SYNTAX', 2, 1],
    ['a: b: c\n', 'FLOW_YAML_SYNTAX', 1, 4],
    ['a: 1\n---\nb: 2\n', 'FLOW_YAML_MANY_DOCUMENTS', 2, 1],
  ])('%j', (source, code, line, column) => {
    const { yaml, problems } = parseYaml(source)
    expect(yaml).toBeUndefined()
    expect(problems[0]).toMatchObject({ severity: 'error', code, line, column })
    expect(problems[0]?.hint).toBeTruthy()
  })

  test('all duplicate keys at once', () => {
    expect(parseYaml('a: 1\na: 2\nb: {c: 1, c: 2}\n').problems.map((problem) => problem.path)).toEqual([
      'a',
      'b.c',
    ])
  })
})

describe('hostile texts are refused in bounded time', () => {
  const size = MAX_SOURCE_CHARACTERS
  const laughs = Array.from({ length: 20 }, (_, i) =>
    i === 0
      ? 'a0: &a0 lol'
      : `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
  ).join('\n')
  test.each([
    ['a text over the limit', 'a'.repeat(size + 1)],
    ['open brackets', '['.repeat(size)],
    ['balanced brackets', '['.repeat(size / 2) + ']'.repeat(size / 2)],
    ['braces', '{a: '.repeat(size / 4)],
    ['nested lists on one line', '- '.repeat(size / 2)],
    ['explicit keys', '? '.repeat(size / 2)],
    ['commas', `[${','.repeat(size - 2)}]`],
    ['anchors', '&a '.repeat(size / 3)],
    ['tags', '! '.repeat(size / 2)],
    ['documents', '---\n'.repeat(size / 4)],
    ['directives', '%A\n'.repeat(size / 3)],
    ['deep indentation', Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['a billion laughs', laughs],
    ['aliases without end', `a: &a [${'1,'.repeat(1000)}]\n${'b: *a\n'.repeat(1)}c: [${'*a,'.repeat(1000)}]`],
  ])('%s', (_name, source) => {
    const startedAt = performance.now()
    const { yaml, problems } = parseYaml(source)
    expect(yaml).toBeUndefined()
    expect(problems.length).toBeGreaterThan(0)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  test('many keys in one object take linear time', () => {
    const source = Array.from({ length: 28_000 }, (_, i) => `key${i}: 1`).join('\n')
    const startedAt = performance.now()
    expect(Object.keys(dataOf(source) ?? {})).toHaveLength(28_000)
    expect(performance.now() - startedAt).toBeLessThan(4_000)
  })

  test('the limit on values counts what aliases expand to', () => {
    const { problems } = parseYaml(`a: &a [${'1,'.repeat(999)}1]\nb: [${'*a,'.repeat(100)}]`)
    expect(problems[0]?.message).toContain(String(MAX_YAML_NODES))
    expect(problems).toHaveLength(1)
  })
})

describe('several documents in one text', () => {
  test('are cut at their markers and keep their comments and lines', () => {
    const text = '# first\nid: a\n---\n# second\nid: b\n---\n'
    expect(splitYamlDocuments(text).documents).toEqual([
      { source: '# first\nid: a\n', startLine: 1 },
      { source: '---\n# second\nid: b\n', startLine: 3 },
    ])
  })

  test('a marker within a block text does not cut', () => {
    expect(splitYamlDocuments('a: |\n  x\n  ---\n  y\n').documents).toHaveLength(1)
  })

  test('a broken document leaves the others whole', () => {
    const { documents } = splitYamlDocuments('a: "open\n---\nb: 1\n')
    expect(documents.length).toBeGreaterThan(0)
  })
})
