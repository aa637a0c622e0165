import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export const CLOCK = '@acme/plugin-clock'
export const CLOCK_GROUP = 'com.acme.plugin.clock'
export const PARSE = `${CLOCK_GROUP}.Parse`
export const EVERY = `${CLOCK_GROUP}.Every`
/** Which major of a third library each version of the plugin brings with it; they do not understand the same texts. */
export const LIBRARY = { '1': '1.0.0', '2': '2.1.3' } as const

/** Writes the example plugin's own types into a scaffolded project. */
export async function writeClockSources(directory: string): Promise<void> {
  const files = {
    'src/Parse.ts': PARSE_CODE,
    'src/Parse.schema.yaml': parseSchema({ isLong: false }),
    'src/Every.ts': EVERY_CODE,
    'src/Every.schema.yaml': EVERY_SCHEMA,
    'src/ms.d.ts': MS_TYPES,
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), text)
  }
}

/** From 2.0.0 on the task takes a property more. */
export async function writeSecondSchema(directory: string): Promise<void> {
  await writeFile(join(directory, 'src/Parse.schema.yaml'), parseSchema({ isLong: true }))
}

export async function setVersion(directory: string, version: string): Promise<void> {
  await change(join(directory, 'package.json'), (text) =>
    text.replace(/"version": "[^"]+"/, `"version": "${version}"`),
  )
}

/** Rewrites a file. @throws Error if that changes nothing */
export async function change(path: string, edit: (text: string) => string): Promise<void> {
  const before = await readFile(path, 'utf8')
  const after = edit(before)
  if (after === before) throw new Error(`The change of ${path} would change nothing.`)
  await writeFile(path, after)
}

const PARSE_CODE = `import { defineTask } from '@pinion/plugin-sdk'
import ms from 'ms'
import { version as library } from 'ms/package.json'
import { version as plugin } from '../package.json'
import type { Outputs, Properties } from './Parse.gen.ts'

export default defineTask<Properties, Outputs>({
  async run({ text, label, audit, holdMs }, { log, sleep }) {
    log.info(\`Parsing \${text}\`)
    if (holdMs > 0) await sleep(holdMs)
    const milliseconds = ms(text)
    return {
      plugin,
      library,
      label,
      audit,
      ...(milliseconds === undefined ? {} : { milliseconds }),
    }
  },
})
`

const MS_TYPES = `declare module 'ms' {
  export default function ms(text: string): number | undefined
}
`

const parseSchema = ({ isLong }: { readonly isLong: boolean }): string => `kind: task
title: Parse a duration.
description: Turns a duration as people write it into milliseconds.
properties:
  type: object
  required: [text]
  properties:
    text:
      title: Text
      description: Such as 2 days.
      $group: main
      $dynamic: true
      type: string
    label:
      title: Label
      $group: processing
      type: string
      default: none
    audit:
      title: Audit
      $group: processing
      type: string
      default: never
    holdMs:
      title: Hold
      description: Milliseconds to wait before the answer.
      $group: advanced
      type: integer
      minimum: 0
      default: 0
${isLong ? LONG : ''}outputs:
  type: object
  required: [plugin, library, label, audit]
  properties:
    plugin:
      title: Version of this plugin
      type: string
    library:
      title: Version of the library that did the work
      type: string
    label:
      title: Label as it was given
      type: string
    audit:
      title: Audit as it was given
      type: string
    milliseconds:
      title: Milliseconds; absent if the text means nothing to the library
      type: number
metrics:
  - name: parsed
    type: counter
    description: Texts that were understood.
examples:
  - title: Parse two days.
    full: true
    code: |
      id: parse
      namespace: company.team

      tasks:
        - id: parse
          type: ${PARSE}
          text: 2 days
`

const LONG = `    long:
      title: Long form
      description: Whether units are written out.
      $group: processing
      type: boolean
      default: false
`

const EVERY_CODE = `import { defineTrigger } from '@pinion/plugin-sdk'
import type { Outputs, Properties } from './Every.gen.ts'

export default defineTrigger<Properties, Outputs>({
  evaluate({ unit }) {
    return { unit }
  },
})
`

const EVERY_SCHEMA = `kind: trigger
title: Start again and again.
description: Starts an execution each time it is looked at.
properties:
  type: object
  properties:
    unit:
      title: Unit
      $group: main
      type: string
      enum: [s, m, h]
      default: m
outputs:
  type: object
  required: [unit]
  properties:
    unit:
      title: Unit
      type: string
examples:
  - title: Start every minute.
    code: |
      unit: m
`
