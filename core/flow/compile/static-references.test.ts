import { expect, test } from 'vitest'
import { findReferences } from './static-references.ts'

const namesIn = (template: string) => findReferences(template).map(({ root, name }) => `${root}:${name}`)

test.each([
  ['{{ outputs.a.value }}', ['outputs:a']],
  ['{{ outputs[\'my-task\'].x ~ outputs["b"] }}', ['outputs:my-task', 'outputs:b']],
  ['{{ inputs.x ?? tasks.y.state }} and {{ outputs . z }}', ['inputs:x', 'tasks:y', 'outputs:z']],
  ['{% if outputs.a.ok %}x{% endif %}', ['outputs:a']],
  ['{{ outputs.a.outputs.b }}', ['outputs:a']],
])('%s names %j', (template, names) => {
  expect(namesIn(template)).toEqual(names)
})

test.each([
  'outputs.a without an expression',
  "{{ 'outputs.a' }} {{ \"it's outputs.b\" }}",
  '{{ trigger.outputs.a }} {{ parent . outputs.a }}',
  '{{ myoutputs.a }} {{ outputs }} {{ outputs[taskrun.value].a }}',
  '{% set outputs = 1 %}{{ outputs.a }}',
  '{% for inputs in x %}{{ inputs.a }}{% endfor %}',
  '{{ outputs.a',
])('%s names nothing for sure', (template) => {
  expect(namesIn(template)).toEqual([])
})

test('tells a subtraction', () => {
  expect(findReferences('{{ outputs.my-task.x }}')).toEqual([
    { root: 'outputs', name: 'my', isDotted: true, tail: '-task' },
  ])
})

test.each([
  "{{ '".repeat(250_000),
  '{{'.repeat(500_000),
  `{{ ${' '.repeat(500_000)}outputs.a }}`,
  `{{ ${"'\\".repeat(4_000)} }}`,
  '{{ outputs.a }}'.repeat(60_000),
])('takes bounded time (case %#)', (template) => {
  const startedAt = performance.now()
  findReferences(template)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
})
