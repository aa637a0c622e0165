import { compileTemplate } from '@pinion/core/expression'
import nunjucks from 'nunjucks'
import { createSynchronousArrayLoader, createSynchronousEnvironment } from 'twing'
import type { Measurement } from './measurement.ts'

/**
 * Milliseconds of one round. Rounds of all engines alternate and each engine's best one counts: noise of the machine only ever
 * slows a round down.
 */
const ROUND_MS = 40
const ROUNDS = 15

interface Case {
  readonly name: string
  /** Means the same to all three engines. */
  readonly template: string
  /** Times the faster of the other two. */
  readonly reach: number
}

const CASES: readonly Case[] = [
  { name: 'literal', template: 'A text without any expression, as most properties are.', reach: 3 },
  { name: 'one variable', template: 'Hello {{ user.name }}!', reach: 3 },
  {
    name: 'ten variables with filters',
    template:
      '{{ a | upper }} {{ b | lower }} {{ c | trim }} {{ d | capitalize }} {{ e | length }} {{ f | first }} {{ g | last }} {{ h | join(",") }} {{ i | default("x") }} {{ j | title }}',
    reach: 3,
  },
  {
    name: 'loop of 100',
    template:
      '{% for item in items %}{{ item.id }}: {{ item.name }}{% if not loop.last %}, {% endif %}{% endfor %}',
    reach: 1,
  },
  {
    name: 'nested conditions',
    template:
      '{% if user.age > 60 %}senior{% elseif user.age > 30 %}{% if user.active and user.name == "Ada" %}{% if user.tags %}tagged{% else %}plain{% endif %}{% else %}other{% endif %}{% else %}young{% endif %}',
    reach: 1,
  },
]

const VARIABLES = {
  user: { name: 'Ada', age: 36, active: true, tags: ['x'] },
  a: 'alpha',
  b: 'BETA',
  c: '  gamma ',
  d: 'delta',
  e: ['one', 'two', 'three'],
  f: ['first', 'second'],
  g: ['first', 'last'],
  h: ['p', 'q', 'r'],
  i: 'given',
  j: 'some title here',
  items: Array.from({ length: 100 }, (_, index) => ({ id: index, name: `item ${index}` })),
}

/** Templates rendered per second: ours against the faster of nunjucks (precompiled) and Twing (synchronous, loaded). */
export async function benchExpression(): Promise<readonly Measurement[]> {
  return CASES.map(({ name, template, reach }) => {
    const engines = { ours: ours(template), nunjucks: withNunjucks(template), twing: withTwing(template) }
    const expected = engines.ours()
    for (const [engine, render] of Object.entries(engines)) {
      if (render() !== expected) throw new Error(`${engine} renders "${name}" differently: ${render()}`)
    }
    const rates = measure(engines)
    const floor = Math.max(rates.nunjucks, rates.twing)
    const ratio = rates.ours / floor
    const faster = rates.nunjucks > rates.twing ? 'nunjucks' : 'Twing'
    return {
      name: `${name}, over ${faster}`,
      value: rates.ours,
      unit: 'rendered/s',
      floor,
      ratio,
      reach: `>= ${reach}`,
      isReached: ratio >= reach,
    }
  })
}

function ours(text: string): () => string {
  const template = compileTemplate(text)
  const scope = { variables: VARIABLES, services: {} }
  return () => {
    const rendered = template.render(scope)
    if (typeof rendered !== 'string') throw new Error('A pure template must not wait.')
    return rendered
  }
}

function withNunjucks(text: string): () => string {
  const environment = new nunjucks.Environment(null, { autoescape: false })
  const template = nunjucks.compile(text.replaceAll('elseif', 'elif'), environment)
  return () => template.render(VARIABLES)
}

function withTwing(text: string): () => string {
  const environment = createSynchronousEnvironment(createSynchronousArrayLoader({ template: text }))
  const template = environment.loadTemplate('template')
  const context = new Map(Object.entries(VARIABLES))
  return () => template.render(environment, context)
}

function measure<Name extends string>(engines: Readonly<Record<Name, () => string>>): Record<Name, number> {
  const names = Object.keys(engines) as Name[]
  const rates = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) rates[name].push(rate(engines[name]))
  }
  return Object.fromEntries(names.map((name) => [name, Math.max(...rates[name])])) as Record<Name, number>
}

function rate(render: () => string): number {
  const start = performance.now()
  let count = 0
  let elapsed = 0
  while (elapsed < ROUND_MS) {
    for (let index = 0; index < 100; index++) sink.length += render().length
    count += 100
    elapsed = performance.now() - start
  }
  return (count / elapsed) * 1000
}

/** Adds up what was rendered, so that no rendering can be optimised away. */
const sink = { length: 0 }
