import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { parse, YAMLParseError } from 'yaml'
import { CliError } from '../cli-error.ts'
import type { ContextOf } from '../context.ts'

const COLUMNS = ['id', 'description']

export function namespaceCommands(contextOf: ContextOf): Command {
  const namespaces = new Command('namespaces').description('what the flows of a namespace have in common')

  namespaces
    .command('list')
    .description('those that are described or have flows')
    .action(async (_options, command) => {
      const { api, terminal, format } = contextOf(command)
      const { results } = await api.call<{ results: readonly unknown[] }>('tenant:namespaces/search')
      terminal.answer(results, format, COLUMNS)
    })

  namespaces
    .command('get <namespace>')
    .description('its variables and plugin defaults')
    .action(async (namespace: string, _options, command) => {
      const { api, terminal, format } = contextOf(command)
      terminal.answer(
        await api.call(`tenant:namespaces/${namespace}`),
        format === 'table' ? 'yaml' : format,
        COLUMNS,
      )
    })

  namespaces
    .command('set <namespace> <file>')
    .description('set description, variables and pluginDefaults from a YAML file')
    .action(async (namespace: string, file: string, _options, command) => {
      const { api, terminal } = contextOf(command)
      const json = { ...(await readObject(file)), id: namespace }
      await api.call(`tenant:namespaces/${namespace}`, { method: 'PUT', json })
      terminal.note(`Saved ${namespace}.`)
    })

  return namespaces
}

async function readObject(file: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = parse(await readFile(file, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (error) {
    const reason = error instanceof YAMLParseError ? error.message : 'It cannot be read.'
    throw new CliError(`${file}: ${reason}`, { cause: error })
  }
  throw new CliError(`${file} must hold a map with description, variables or pluginDefaults.`)
}
