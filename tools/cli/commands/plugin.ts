import { basename, resolve } from 'node:path'
import { isCancel, text } from '@clack/prompts'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { ContextOf } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { runProgram } from '../run-program.ts'

export function pluginCommands(contextOf: ContextOf): Command {
  const plugin = new Command('plugin').description('write a plugin')

  plugin
    .command('create [directory]')
    .description('make a new plugin project; asks for what the flags do not say')
    .option('--name <name>', 'npm package name, such as @acme/plugin-text')
    .option('--title <title>', 'as people read it')
    .option('--group <group>', 'the package part of its type ids, such as com.acme.plugin.text')
    .option('--description <text>', 'one sentence')
    .action(async (directory: string | undefined, options: Partial<Answers>, command) => {
      const { terminal, api } = contextOf(command)
      const answers = await ask(options)
      const target = resolve(directory ?? basename(answers.name))
      const registryUrl = new URL('/registry/', api.url).href
      const { createProject } = await import('../plugin-project/create-project.ts')
      const files = await createProject({ ...answers, directory: target, registryUrl })
      terminal.note(`Wrote ${files.length} files to ${target}.`)
      terminal.note(`Next, in that folder: npm login --registry ${registryUrl}, npm install, npm test.`)
    })

  plugin
    .command('build [directory]')
    .description('bundle, check code against schemas, write the manifest')
    .action(async (directory = '.', _options, command) => {
      const { terminal } = contextOf(command)
      const { buildProject } = await import('../plugin-project/build-project.ts')
      const { manifest, bundle, durationMs } = await buildProject(directory)
      const kilobytes = (bundle.byteLength / 1024).toFixed(1)
      const what = `${manifest.name}@${manifest.version}: ${manifest.types.length} types, ${kilobytes} KB`
      terminal.note(`Built ${what}, in ${Math.round(durationMs)} ms.`)
    })

  plugin
    .command('test [directory]')
    .description("run the project's tests; no server is needed")
    .action(async (directory = '.') => {
      await runProgram('npm', ['test'], directory)
    })

  plugin
    .command('publish [directory]')
    .description("build it and publish it to the server's registry")
    .option('--tag <tag>', 'dist-tag', 'latest')
    .action(async (directory: string | undefined, { tag }, command) => {
      const { api, terminal } = contextOf(command)
      const { buildProject } = await import('../plugin-project/build-project.ts')
      const { publishProject } = await import('../plugin-project/publish-project.ts')
      const { manifest } = await buildProject(directory ?? '.')
      await publishProject(api, directory ?? '.', tag)
      terminal.note(`Published ${manifest.name}@${manifest.version}.`)
    })

  plugin
    .command('dev [directory]')
    .description('watch the project: each save is live on the server, until Ctrl-C')
    .action(async (directory = '.', _options, command) => {
      const { developProject } = await import('../plugin-project/develop-project.ts')
      await developProject(contextOf(command), directory)
    })

  return plugin
}

interface Answers {
  readonly name: string
  readonly title: string
  readonly group: string
  readonly description: string
}

async function ask(given: Partial<Answers>): Promise<Answers> {
  return {
    name: await question(given.name, 'npm package name', '@acme/plugin-text'),
    title: await question(given.title, 'Title', 'Text'),
    group: await question(given.group, 'Group: the package part of its type ids', 'com.acme.plugin.text'),
    description: await question(
      given.description,
      'What it is for, in one sentence',
      'Tasks that work on texts.',
    ),
  }
}

async function question(given: string | undefined, message: string, placeholder: string): Promise<string> {
  if (given !== undefined) return given
  if (!process.stdin.isTTY) {
    throw new CliError(`There is no terminal to ask on: ${message}.`, {
      exitCode: EXIT.usage,
      hint: 'Give --name, --title, --group and --description.',
    })
  }
  const validate = (entered: string | undefined) => (entered?.trim() ? undefined : 'Please enter something.')
  const answer = await text({ message, placeholder, validate })
  if (isCancel(answer)) throw new CliError('Nothing was written.', { exitCode: EXIT.usage })
  return answer
}
