import { describe, expect, test } from 'vitest'
import { testScope, testServices, VARIABLES } from './cases/scope.ts'
import {
  compileTemplate,
  compileValue,
  debugServices,
  ExpressionError,
  type ExpressionServices,
  isTemplate,
  maskSecrets,
} from './index.ts'
import { MAX_CACHED_TEMPLATES } from './limits.ts'

const pure = { variables: VARIABLES, services: {} }

function failure(act: () => unknown): ExpressionError {
  try {
    act()
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error('Nothing failed.')
}

describe('compileTemplate', () => {
  test('gives a literal text back without looking at it', () => {
    const template = compileTemplate('a { b } c')
    expect(template.isLiteral).toBe(true)
    expect(template.render(pure)).toBe('a { b } c')
    expect(isTemplate('{ a }')).toBe(false)
    expect(isTemplate('{{ a }}')).toBe(true)
  })

  test('renders at once what reads no outside data, and gives a promise only for what does', async () => {
    expect(compileTemplate('{{ name }}{% for x in items %}{{ x }}{% endfor %}').render(pure)).toBe(
      'Adaapplepearbanana',
    )
    expect(compileTemplate('{{ no ? kv("name") : "x" }}').render(testScope())).toBe('x')
    expect(compileTemplate('{% if no %}{{ kv("name") }}{% endif %}y').render(testScope())).toBe('y')
    const pending = compileTemplate('{{ kv("name") }}').render(testScope())
    expect(pending).toBeInstanceOf(Promise)
    expect(await pending).toBe('Ada')
  })

  test('names line, column, piece and neighbours of what is undefined', () => {
    const error = failure(() => compileTemplate('line 1\n  {{ inputs.regoin }}').render(pure))
    expect(error).toMatchObject({
      code: 'EXPRESSION_UNDEFINED',
      at: { line: 2, column: 6 },
      summary: '"regoin" is undefined in inputs.',
      place: { piece: 'inputs.regoin', offset: 12 },
    })
    expect(error.hint).toContain('Did you mean "region"?')
  })

  test('refuses a text with all of its faults at once', () => {
    const error = failure(() => compileTemplate('{{ a | nope }} {{ 1 + }}'))
    expect(error.problems.map(({ code }) => code)).toEqual(['EXPRESSION_UNKNOWN_NAME', 'EXPRESSION_SYNTAX'])
  })

  test('keeps compiled texts, but not without bound', () => {
    for (let index = 0; index < MAX_CACHED_TEMPLATES + 100; index++) {
      expect(compileTemplate(`{{ ${index} }}`).render(pure)).toBe(String(index))
    }
  })

  test('says that a service is missing where it is', async () => {
    for (const template of [
      '{{ secret("a") }}',
      '{{ kv("a") }}',
      '{{ now() }}',
      '{{ uuid() }}',
      '{{ read("a") }}',
    ]) {
      const error: unknown = await Promise.resolve()
        .then(() => compileTemplate(template).render(pure))
        .catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'EXPRESSION_UNAVAILABLE', at: { line: 1 } })
    }
  })

  test('formats dates in the zone of the instance', () => {
    const scope = { variables: VARIABLES, services: { timeZone: 'Asia/Kolkata' } }
    expect(compileTemplate('{{ date | date("HH:mm") }}').render(scope)).toBe('16:00')
  })

  test('a variable is never looked up in the prototype of the variables', () => {
    const scope = { variables: Object.assign(Object.create({ inherited: 1 }), { own: 2 }), services: {} }
    expect(failure(() => compileTemplate('{{ inherited }}').render(scope)).code).toBe('EXPRESSION_UNDEFINED')
  })

  test('host objects stay closed', () => {
    class Host {
      secret = 'x'
    }
    const scope = { variables: { host: new Host(), fn: () => 1, list: [new Host()] }, services: {} }
    for (const template of [
      '{{ host.secret }}',
      '{{ fn }}',
      '{{ list[0].secret }}',
      '{{ host.constructor }}',
    ]) {
      expect(failure(() => compileTemplate(template).render(scope)).code).toBe('EXPRESSION_UNDEFINED')
    }
    expect(failure(() => compileTemplate('{{ host }}').render(scope)).code).toBe('EXPRESSION_VALUE')
    expect(failure(() => compileTemplate('{{ list | toJson }}').render(scope)).code).toBe('EXPRESSION_VALUE')
  })
})

describe('evaluate', () => {
  test.each([
    ['{{ 1 + 1 }}', 2],
    ['{{ items }}', VARIABLES['items']],
    [' {{ yes }}\n', true],
    ['{{ null }}', null],
    ['{{ 10.0 }}', 10],
    ['{{ big }}', 9007199254740993n],
    ['{{ "1.50" | number("BIGDECIMAL") }}', '1.50'],
    ['{{ "1.5" | number("BIGDECIMAL") }}', 1.5],
    ['{{ date | dateAdd(0, "DAYS") }}', '2024-01-15T10:30:00Z'],
    ['{{ [10.0, now()] }}', [10, '2024-01-15T10:30:00.123456Z']],
    ['{{ name }}\n', 'Ada\n'],
    ['{{ 1 }}{{ 2 }}', '12'],
    ['a{{ 1 }}', 'a1'],
    ['plain', 'plain'],
    ['{% if yes %}1{% endif %}', '1'],
    ['{# note #}{{ [1] }}', [1]],
  ])('%s keeps its type', async (template, expected) => {
    expect(await compileTemplate(template).evaluate(testScope())).toEqual(expected)
  })
})

describe('compileValue', () => {
  test('hands a value without expressions over as it is', () => {
    const written = { a: [1, 'x', { b: null }] }
    const value = compileValue(written)
    expect(value.isLiteral).toBe(true)
    expect(value.render(pure)).toBe(written)
  })

  test('renders texts and keys wherever they are, and leaves the rest alone', () => {
    const written = { '{{ name }}': ['{{ count }}', 5, { deep: '{{ items }}' }], plain: 'x', flag: true }
    expect(compileValue(written).render(pure)).toEqual({
      Ada: ['3', 5, { deep: '["apple","pear","banana"]' }],
      plain: 'x',
      flag: true,
    })
  })

  test('waits where a text does', async () => {
    const rendered = compileValue({ a: '{{ kv("name") }}', b: ['{{ secret("API_KEY") }}'] }).render(
      testScope(),
    )
    expect(rendered).toBeInstanceOf(Promise)
    expect(await rendered).toEqual({ a: 'Ada', b: ['s3cret'] })
  })

  test('says which property is at fault, when compiling and when rendering', () => {
    const compiling = failure(() => compileValue({ headers: [{ 'X-A': '{{ nope( }}' }] }))
    expect(compiling.at).toMatchObject({ path: 'headers[0].X-A', line: 1 })
    const rendering = failure(() => compileValue({ auth: { 'a b': '{{ missing }}' } }).render(pure))
    expect(rendering.at).toMatchObject({ path: 'auth["a b"]', line: 1, column: 4 })
    expect(rendering.message).toContain('of auth["a b"]')
  })

  test('a key named __proto__ stays a key', () => {
    const written: unknown = JSON.parse('{"__proto__": "{{ name }}", "b": 1}')
    const rendered = compileValue(written).render(pure)
    expect(Object.keys(rendered as object)).toEqual(['__proto__', 'b'])
    expect(Object.getPrototypeOf(rendered)).toBe(Object.prototype)
  })
})

describe('secrets', () => {
  test('each one handed out is reported, so that logs can mask it', async () => {
    const seen: string[] = []
    const services: ExpressionServices = { ...testServices(), onSecret: (value) => seen.push(value) }
    const template = compileTemplate(
      '{{ secret("API_KEY") }} {{ credential("c") }} {{ decrypt("MY_KEY", encrypt("MY_KEY", "hid")) }}',
    )
    const text = await template.render({ variables: VARIABLES, services })
    expect(seen).toEqual(['s3cret', 'token-of-c', 'hid'])
    expect(maskSecrets(text, seen)).toBe('**** **** ****')
  })

  test('a secret within another is masked whole', () => {
    expect(maskSecrets('abcdef abc', ['abc', 'abcdef', ''])).toBe('**** ****')
  })

  test('debugging refuses them, also nested and in a fallback', async () => {
    const scope = { variables: VARIABLES, services: debugServices(testServices()) }
    for (const template of [
      '{{ secret("API_KEY") }}',
      '{{ render("{{ secret(\'API_KEY\') }}") }}',
      '{{ secret("API_KEY") ?? "x" }}',
      '{{ credential("c") }}',
      '{{ decrypt("MY_KEY", "x") }}',
    ]) {
      await expect(Promise.resolve(compileTemplate(template).render(scope))).rejects.toMatchObject({
        code: 'EXPRESSION_REFUSED',
      })
    }
    expect(await compileTemplate('{{ kv("name") }}{{ outputs.first.value }}').render(scope)).toBe('Adaone')
  })
})

describe('a hostile template stops at its own bound', () => {
  const long = 'x'.repeat(1_000_000)
  const json = JSON.stringify(Array.from({ length: 100_000 }, (_, index) => index))
  const scope = { variables: { long, json }, services: testServices() }
  /** Generous for a machine under load: without bounds each of these takes minutes. */
  const BOUND_MS = 10_000

  test.each([
    '{% for i in 1..100000 %}{% set x = fromJson(json) %}{% endfor %}',
    '{% for i in 1..100000 %}{% set x = long | slugify %}{% endfor %}',
    '{% for i in 1..100000 %}{% set x = long | sha512 %}{% endfor %}',
    '{% for i in 1..100000 %}{% set x = long | regexReplace("x*y", "z") %}{% endfor %}',
    '{% for i in 1..100000 %}{% set x = long == (long ~ "") %}{% endfor %}',
    '{% for i in 1..100000 %}{% set x = now() | date("zzzz") %}{% endfor %}',
    '{% for i in 1..100000 %}{% set x = json | yaml %}{% endfor %}',
    '{% for i in 1..100000 %}{% set x = fromIon(json) %}{% endfor %}',
    '{% for i in 1..1000000 %}{{ long }}{% endfor %}',
    '{{ 1 | jq("reduce range(1e5) as $i ({}; .[$i | tostring] = 1) | length") }}',
    '{{ 1 | jq("[range(1e5)] | until(length == 0; .[1:])") }}',
    '{{ 1 | jq("reduce range(1e5) as $i ([]; . + [$i]) | length") }}',
  ])('%s', { timeout: 60_000 }, (template) => {
    const start = performance.now()
    const error = failure(() => compileTemplate(template).render(scope))
    expect(error.code).toBe('EXPRESSION_LIMIT')
    expect(performance.now() - start).toBeLessThan(BOUND_MS)
  })
})
