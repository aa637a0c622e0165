import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { ContextOf } from '../context.ts'

const COLUMNS = ['packageName', 'version', 'state', 'repository', 'reason']

interface Resolved {
  readonly packageName: string
  readonly versions: readonly string[]
  readonly installed: readonly string[]
}

export function installedPluginCommands(contextOf: ContextOf): Command {
  const plugins = new Command('plugins').description('which plugin versions a server has')

  plugins
    .command('install <coordinates...>')
    .description('NAME@VERSION, NAME@TAG, NAME@RANGE, NAME (LATEST), group:artifact:version, or a .tgz file')
    .action(async (coordinates: string[], _options, command) => {
      const { api, terminal, format } = contextOf(command)
      const archives = coordinates.filter((coordinate) => coordinate.endsWith('.tgz'))
      const named = coordinates.filter((coordinate) => !coordinate.endsWith('.tgz'))
      const installed: unknown[] = []
      for (const file of archives) installed.push(await upload(contextOf, command, file))
      if (named.length > 0) {
        installed.push(
          ...(await api.call<readonly unknown[]>('cluster/versioned-plugins/install', {
            method: 'POST',
            json: { plugins: named },
          })),
        )
      }
      terminal.answer(installed, format, COLUMNS)
    })

  plugins
    .command('uninstall <coordinates...>')
    .description('NAME@VERSION: refused while a flow uses it; running tasks end first')
    .action(async (coordinates: string[], _options, command) => {
      const { api, terminal } = contextOf(command)
      await api.call('cluster/versioned-plugins/uninstall', {
        method: 'DELETE',
        json: { plugins: coordinates },
      })
      terminal.note(`Uninstalled ${coordinates.join(', ')}.`)
    })

  plugins
    .command('list')
    .description('installed versions')
    .action(async (_options, command) => {
      const { api, terminal, format } = contextOf(command)
      const { results } = await api.call<{ results: readonly unknown[] }>('instance/versioned-plugins')
      terminal.answer(results, format, COLUMNS)
    })

  plugins
    .command('resolve <coordinates...>')
    .description('which versions the registries have')
    .action(async (coordinates: string[], _options, command) => {
      const { api, terminal, format } = contextOf(command)
      const found = await api.call<readonly Resolved[]>('cluster/versioned-plugins/resolve', {
        method: 'POST',
        json: { plugins: coordinates },
      })
      terminal.answer(found, format, ['packageName', 'versions', 'installed'])
    })

  plugins
    .command('search [text]')
    .description('plugins in the registries')
    .action(async (text: string | undefined, _options, command) => {
      const { api, terminal, format } = contextOf(command)
      const found = await api.call<{ results: readonly unknown[] }>('instance/versioned-plugins/available', {
        query: { q: text },
      })
      terminal.answer(found.results, format, ['packageName', 'latestVersion', 'repository', 'description'])
    })

  plugins
    .command('doc <type>')
    .description("a type's documentation, or its JSON Schema into a file")
    .option('-v, --version <version>', 'of its plugin')
    .option('--schema <file>', 'write the JSON Schema of its properties here')
    .action(async (type: string, { version, schema }: { version?: string; schema?: string }, command) => {
      const { api, terminal, format } = contextOf(command)
      const path = version === undefined ? `plugins/${type}` : `plugins/${type}/versions/${version}`
      const doc = await api.call<{ readonly schema?: unknown; readonly markdown?: string }>(path)
      if (schema !== undefined) {
        await writeFile(schema, `${JSON.stringify(doc.schema, null, 2)}\n`)
        terminal.note(`Wrote ${schema}.`)
      } else if (format === 'table') terminal.print(doc.markdown ?? '')
      else terminal.answer(doc, format, [])
    })

  return plugins
}

async function upload(contextOf: ContextOf, command: Command, file: string): Promise<unknown> {
  let data: Uint8Array<ArrayBuffer>
  try {
    data = new Uint8Array(await readFile(file))
  } catch (error) {
    throw new CliError(`${file} cannot be read.`, { cause: error })
  }
  const form = new FormData()
  form.append('file', new Blob([data], { type: 'application/gzip' }), basename(file))
  return contextOf(command).api.call('instance/versioned-plugins/upload', { method: 'POST', form })
}
