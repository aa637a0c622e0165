import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { scaffoldPlugin } from '@pinion/plugin-sdk/scaffold'

/** Modules and functions in each: together they make a bundle of about 50 KB. */
const MODULES = 12
const FUNCTIONS = 20

/**
 * A plugin project as authors have them: made by the scaffold, with a dozen modules of its own and a task `Probe` whose
 * output tells which code ran.
 */
export class SamplePlugin {
  readonly directory: string
  readonly packageName = '@bench/plugin-probe'
  readonly type = 'bench.plugin.probe.Probe'

  private constructor(directory: string) {
    this.directory = directory
  }

  static async create(directory: string, registryUrl: string): Promise<SamplePlugin> {
    const plugin = new SamplePlugin(directory)
    await scaffoldPlugin({
      directory,
      name: plugin.packageName,
      title: 'Probe',
      group: 'bench.plugin.probe',
      description: 'Tells which code ran.',
      registryUrl,
    })
    await mkdir(join(directory, 'src/rules'), { recursive: true })
    for (let index = 0; index < MODULES; index++)
      await plugin.#write(modulePath(index), moduleText(index, ''))
    await plugin.saveSchema('initial')
    await plugin.saveTask('initial')
    return plugin
  }

  /** Edits the task's own file, as a save in an editor does. */
  saveTask(mark: string): Promise<void> {
    return this.#write('src/Probe.ts', taskText(mark))
  }

  /** Edits a module that the task imports. */
  saveModule(mark: string): Promise<void> {
    return this.#write(modulePath(0), moduleText(0, mark))
  }

  /** Edits the task's schema: its types are generated anew. */
  saveSchema(mark: string): Promise<void> {
    return this.#write('src/Probe.schema.yaml', schemaText(mark))
  }

  async saveVersion(version: string): Promise<void> {
    const text = await readFile(join(this.directory, 'package.json'), 'utf8')
    await this.#write('package.json', text.replace(/"version": "[^"]*"/, `"version": "${version}"`))
  }

  #write(path: string, text: string): Promise<void> {
    return writeFile(join(this.directory, path), text)
  }
}

function modulePath(index: number): string {
  return `src/rules/rules-${index}.ts`
}

function taskText(mark: string): string {
  const indexes = Array.from({ length: MODULES }, (_, index) => index)
  const imports = indexes.map((index) => `import { rules as rules${index} } from './rules/rules-${index}.ts'`)
  return `import { defineTask } from '@pinion/plugin-sdk'
import type { Outputs, Properties } from './Probe.gen.ts'
import { mark as moduleMark } from './rules/rules-0.ts'
${imports.join('\n')}

const mark = ${JSON.stringify(mark)}
const all = [${indexes.map((index) => `...rules${index}`).join(', ')}]

export default defineTask<Properties, Outputs>({
  run({ text }) {
    return { mark, moduleMark, accepted: all.filter((rule) => rule(text)).length }
  },
})
`
}

function moduleText(index: number, mark: string): string {
  const functions = Array.from({ length: FUNCTIONS }, (_, number) => {
    const name = `rule${index}x${number}`
    return `/** Whether a text keeps rule ${number} of group ${index}. */
export function ${name}(text: string): boolean {
  const words = text.trim().toLowerCase().split(/\\s+/)
  return words.some((word) => word.length > ${number} && word.startsWith('${name}'))
}
`
  })
  const names = Array.from({ length: FUNCTIONS }, (_, number) => `rule${index}x${number}`)
  return `export const mark: string = ${JSON.stringify(mark)}
${functions.join('\n')}
export const rules: readonly ((text: string) => boolean)[] = [${names.join(', ')}]
`
}

function schemaText(mark: string): string {
  return `kind: task
title: Tell which code ran.
description: Counts the rules that a text keeps, and returns the marks of the code. ${mark}
properties:
  type: object
  required: [text]
  properties:
    text:
      title: Text
      description: The text to look at.
      $group: main
      $dynamic: true
      type: string
outputs:
  type: object
  required: [mark, moduleMark, accepted]
  properties:
    mark:
      title: Mark of the task's file
      type: string
    moduleMark:
      title: Mark of a module
      type: string
    accepted:
      title: Rules kept
      type: integer
examples:
  - title: Look at a text.
    code: |
      text: "Hello from {{ flow.id }}"
`
}
