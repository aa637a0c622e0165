import type { ScaffoldAnswers } from '../answers.ts'

/** One task to start from: small, but with a default, an enum, an output, a metric and a log line. */
export function exampleTask({ group }: ScaffoldAnswers): Readonly<Record<string, string>> {
  return { 'src/Reverse.ts': CODE, 'src/Reverse.schema.yaml': schema(group) }
}

const CODE = `import { defineTask } from '@pinion/plugin-sdk'
import type { Outputs, Properties } from './Reverse.gen.ts'

export default defineTask<Properties, Outputs>({
  run({ text, by }, { log, metrics }) {
    const parts = partsOf(text, by)
    log.info(\`Reversing \${parts.length} parts\`)
    metrics.counter('parts', parts.length)
    return { value: parts.reverse().join('') }
  },
})

/** Parts as people see them: an emoji or an accented letter stays whole. */
function partsOf(text: string, by: Properties['by']): string[] {
  const granularity = by === 'WORD' ? 'word' : 'grapheme'
  return Array.from(new Intl.Segmenter(undefined, { granularity }).segment(text), ({ segment }) => segment)
}
`

function schema(group: string): string {
  return `kind: task
title: Reverse a text.
description: |
  Returns the text back to front, character by character or word by word.
properties:
  type: object
  required: [text]
  properties:
    text:
      title: Text
      description: The text to reverse; expressions are rendered.
      $group: main
      $dynamic: true
      type: string
    by:
      title: Unit
      description: What is kept whole.
      $group: processing
      type: string
      enum: [CHARACTER, WORD]
      default: CHARACTER
outputs:
  type: object
  required: [value]
  properties:
    value:
      title: The reversed text
      type: string
metrics:
  - name: parts
    type: counter
    description: How many characters or words were reversed.
examples:
  - title: Reverse a greeting.
    full: true
    code: |
      id: reverse
      namespace: company.team

      tasks:
        - id: reverse
          type: ${group}.Reverse
          text: "Hello from {{ flow.id }}"
  - title: Reverse the order of words.
    code: |
      text: one two three
      by: WORD
`
}
