import { Command } from 'commander'
import type { ContextOf } from '../context.ts'
import type { StandaloneOptions } from '../server/standalone.ts'

export function serverCommands(contextOf: ContextOf): Command {
  const server = new Command('server').description('run a server')

  server
    .command('standalone')
    .description('everything in one process, with its own database, files and registry in one folder')
    .option('-p, --port <port>', 'where to listen (default 8080; 0: any free one)')
    .option('--host <address>', 'which address to listen on')
    .option('-d, --data <folder>', 'where everything is kept (default ./.pinion)')
    .option('-c, --config <file>', 'configuration (default: config.yaml in the data folder)')
    .action(async (options: StandaloneOptions, command) => {
      // Loaded here, so that commands that only ask a server need not load one.
      const { runStandalone } = await import('../server/standalone.ts')
      await runStandalone(contextOf(command).terminal, options)
    })

  return server
}
