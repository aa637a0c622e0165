import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { createPluginBuilder } from '../build/index.ts'
import { SdkError } from '../errors.ts'
import { checkAnswers, type ScaffoldAnswers } from './answers.ts'
import { ciWorkflow } from './templates/ci-workflow.ts'
import { docsPage, readme } from './templates/docs.ts'
import { exampleTask } from './templates/example-task.ts'
import { exampleTests } from './templates/example-tests.ts'
import { pluginIcon } from './templates/icon.ts'
import { projectFiles } from './templates/project.ts'

export interface ScaffoldOptions extends ScaffoldAnswers {
  /** Folder of the new project; made if it is not there. */
  readonly directory: string
}

/**
 * Writes a new plugin project: one example task with its schema, types, tests, docs and icon, ready for `npm
 * install`, `npm test` and `npm publish`.
 *
 * @returns the files written, relative to the directory
 * @throws SdkError `PLUGIN_SCAFFOLD_REFUSED` with everything that is wrong with the answers
 * @throws SdkError `PLUGIN_SCAFFOLD_FOLDER_NOT_EMPTY`; nothing is ever overwritten
 */
export async function scaffoldPlugin(options: ScaffoldOptions): Promise<readonly string[]> {
  checkAnswers(options)
  const directory = resolve(options.directory)
  await refuseNonEmpty(directory)
  const answers = { ...options, title: options.title.trim(), description: options.description.trim() }
  const files: Readonly<Record<string, string>> = {
    ...projectFiles(answers, await ownVersion()),
    ...exampleTask(answers),
    ...exampleTests(answers),
    ...ciWorkflow(answers),
    'README.md': readme(answers),
    'docs/index.md': docsPage(answers),
    'icons/plugin-icon.svg': pluginIcon(answers),
  }
  for (const [path, text] of Object.entries(files)) {
    const target = join(directory, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text, { flag: 'wx' })
  }
  const builder = createPluginBuilder(directory)
  try {
    return [...Object.keys(files), ...(await builder.generateTypes())].sort()
  } finally {
    await builder.close()
  }
}

async function refuseNonEmpty(directory: string): Promise<void> {
  if (!existsSync(directory)) return
  const entries = await readdir(directory).catch(() => ['a file of that name'])
  // A fresh clone has its .git and nothing else.
  if (entries.every((entry) => entry === '.git')) return
  throw new SdkError('PLUGIN_SCAFFOLD_FOLDER_NOT_EMPTY', `${directory} is not an empty folder.`, {
    hint: 'Choose a folder that does not exist yet.',
  })
}

/** The new project asks for the SDK that made it. */
async function ownVersion(): Promise<string> {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json')
    if (!existsSync(path)) continue
    const { version }: { version?: unknown } = JSON.parse(await readFile(path, 'utf8'))
    if (typeof version === 'string') return version
  }
  throw new SdkError('PLUGIN_PROJECT_NOT_FOUND', 'The SDK lies outside of any package.', {
    hint: 'Install it again: npm install --save-dev @pinion/plugin-sdk.',
  })
}
