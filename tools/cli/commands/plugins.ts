import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { ContextOf } from '../context.ts'

const MOST_PACKAGES = 1000
const COLUMNS = ['packageName', 'version', 'state', 'repository', 'reason']

/** As the server answers everything that there may be many of. */
interface Listed<T = unknown> {
  readonly results: readonly T[]
}

interface Documentation {
  readonly markdown: string
  readonly schema: { readonly properties: unknown }
}

interface Package {
  readonly packageName: string
  readonly installed: readonly object[]
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
        const { results } = await api.call<Listed>('cluster/versioned-plugins/install', {
          method: 'POST',
          json: { plugins: named },
        })
        installed.push(...results)
      }
      terminal.answer(installed, format, COLUMNS)
    })

  plugins
    .command('uninstall <coordinates...>')
    .description('NAME@VERSION: refused while a flow uses it; running tasks end first')
    .option('--force', 'also while flows use it: they fail until they are moved to another version')
    .action(async (coordinates: string[], { force = false }: { force?: boolean }, command) => {
      const { api, terminal } = contextOf(command)
      await api.call('cluster/versioned-plugins/uninstall', {
        method: 'DELETE',
        query: { force },
        json: { plugins: coordinates },
      })
      terminal.note(`Uninstalled ${coordinates.join(', ')}.`)
    })

  plugins
    .command('list')
    .description('installed versions')
    .action(async (_options, command) => {
      const { api, terminal, format } = contextOf(command)
      const { results } = await api.call<Listed<Package>>('instance/versioned-plugins', {
        query: { size: MOST_PACKAGES },
      })
      const versions = results.flatMap(({ packageName, installed }) =>
        installed.map((version) => ({ packageName, ...version })),
      )
      terminal.answer(versions, format, COLUMNS)
    })

  plugins
    .command('resolve <coordinates...>')
    .description('which versions the registries have')
    .action(async (coordinates: string[], _options, command) => {
      const { api, terminal, format } = contextOf(command)
      const { results } = await api.call<Listed>('cluster/versioned-plugins/resolve', {
        method: 'POST',
        json: { plugins: coordinates },
      })
      terminal.answer(results, format, ['packageName', 'version', 'versions', 'installed', 'repository'])
    })

  plugins
    .command('search [text]')
    .description('plugins in the registries')
    .action(async (text: string | undefined, _options, command) => {
      const { api, terminal, format } = contextOf(command)
      const found = await api.call<Listed>('instance/versioned-plugins/available', {
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
      const doc = await api.call<Documentation>(path)
      if (schema !== undefined) {
        await writeFile(schema, `${JSON.stringify(doc.schema.properties, null, 2)}\n`)
        terminal.note(`Wrote ${schema}.`)
      } else if (format === 'table') terminal.print(doc.markdown)
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
