import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jsonLog, loadConfig, ServerError, type StartEvent, startServer } from '@pinion/server'
import { officialPackages } from '../../official/official-packages.ts'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

export interface StandaloneOptions {
  readonly port?: string
  readonly host?: string
  readonly data?: string
  readonly config?: string
}

/** Runs a server in this process until it is asked to stop. */
export async function runStandalone(terminal: Terminal, options: StandaloneOptions): Promise<void> {
  const { plugins, libraries } = await officialPackages((message) => terminal.note(message))
  try {
    const { config } = await loadConfig({
      environment: process.env,
      overrides: overridesOf(options),
      ...(options.config === undefined ? {} : { file: options.config }),
    })
    // Listened for before the start: whoever reads that the server is ready may stop it at once.
    const stop = new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
    })
    const server = await startServer(config, {
      log: jsonLog(config.log.level, process.stderr),
      version: await productVersion(),
      officialPlugins: plugins,
      officialLibraries: libraries,
      tell: (event) => tell(terminal, event),
    })
    await stop
    terminal.note('Stopping: running tasks may end first.')
    await server.close()
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    throw new CliError(error.message, {
      details: error.problems.map(({ message, path }) =>
        path === undefined ? message : `${path}  ${message}`,
      ),
      exitCode: error.code === 'CONFIG_INVALID' ? EXIT.usage : EXIT.failed,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    })
  }
}

function overridesOf({ port, host, data }: StandaloneOptions) {
  const given = [
    { key: 'server.port', source: '--port', value: port },
    { key: 'server.host', source: '--host', value: host },
    { key: 'dataDir', source: '--data', value: data },
  ]
  return given.flatMap(({ key, source, value }) => (value === undefined ? [] : [{ key, source, value }]))
}

async function productVersion(): Promise<string> {
  const { version }: { version: string } = JSON.parse(
    await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'),
  )
  return version
}

function tell(terminal: Terminal, event: StartEvent): void {
  switch (event.type) {
    case 'listening':
      return
    case 'passwordGenerated':
      terminal.print(`Sign in as ${event.username} with the password ${event.password} (shown this once).`)
      return
    case 'pluginInstalled':
      terminal.print(`Installed ${event.packageName}@${event.version}.`)
      return
    case 'pluginFailed': {
      const reason = event.error instanceof Error ? event.error.message : String(event.error)
      terminal.note(
        `${terminal.style('red', 'error')} ${event.tarballPath} could not be installed: ${reason}`,
      )
      return
    }
    case 'recovered':
      terminal.print(`Going on with ${event.executions} unfinished executions.`)
      return
    case 'ready':
      terminal.print(
        [
          `Pinion listens on ${event.url}`,
          `  registry  ${event.url}/registry/`,
          `  data      ${event.dataDir}`,
          `  sign in   as ${event.username}`,
          `  ready in  ${(event.tookMs / 1000).toFixed(1)} s`,
        ].join('\n'),
      )
      return
    default:
      return event satisfies never
  }
}
