import { Command, CommanderError } from 'commander'
import { CliError } from './cli-error.ts'
import { executionCommands } from './commands/executions.ts'
import { flowCommands } from './commands/flows.ts'
import { namespaceCommands } from './commands/namespaces.ts'
import { pluginCommands } from './commands/plugin.ts'
import { installedPluginCommands } from './commands/plugins.ts'
import { serverCommands } from './commands/server.ts'
import { tokenCommands } from './commands/tokens.ts'
import { type ContextOf, createContext, type GlobalOptions } from './context.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { Terminal } from './terminal.ts'

/** Runs one command line. @returns the exit code; nothing is thrown. */
export async function runCli(args: readonly string[], env = process.env): Promise<ExitCode> {
  const terminal = new Terminal(process.stdout, process.stderr)
  const program = createProgram((command) =>
    createContext(command.optsWithGlobals<GlobalOptions>(), env, terminal),
  )
  try {
    await program.parseAsync(args, { from: 'user' })
    return EXIT.ok
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    if (!(error instanceof CliError)) throw error
    for (const detail of error.details) terminal.note(detail)
    terminal.note(`${terminal.style('red', 'error')} ${error.message}`)
    if (error.hint !== undefined) terminal.note(`${terminal.style('cyan', 'hint')}  ${error.hint}`)
    return error.exitCode
  }
}

export function createProgram(contextOf: ContextOf): Command {
  const program = new Command('pinion')
    .description('Pinion, a workflow platform whose heart is its plugin ecosystem.')
    .option('--url <url>', 'the server (PINION_URL; default http://localhost:8080)')
    .option('--tenant <tenant>', 'the tenant (PINION_TENANT; default main)')
    .option('--user <name:password>', 'sign in with a password (PINION_USER)')
    .option('--token <token>', 'sign in with an API token (PINION_TOKEN)')
    .option('-o, --output <format>', 'table, json or yaml', 'table')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
  for (const build of [
    serverCommands,
    pluginCommands,
    installedPluginCommands,
    flowCommands,
    executionCommands,
    namespaceCommands,
    tokenCommands,
  ]) {
    program.addCommand(build(contextOf).exitOverride())
  }
  // Commander hands its settings down only to commands made by `command()`.
  for (const group of program.commands) for (const command of group.commands) command.exitOverride()
  return program
}
