import { Command } from 'commander'
import type { ContextOf } from '../context.ts'

interface Token {
  readonly id: string
  readonly name: string
  readonly token?: string
}

const COLUMNS = ['id', 'name', 'createdAt', 'expiresAt', 'revokedAt', 'lastUsedAt']

export function tokenCommands(contextOf: ContextOf): Command {
  const tokens = new Command('tokens').description('API tokens, valid for the API and the registry')

  tokens
    .command('create <name>')
    .description('make a token; its text is shown once')
    .option('--expires <duration>', 'ISO 8601, such as P90D')
    .action(async (name: string, { expires }, command) => {
      const { api, terminal, format } = contextOf(command)
      const token = await api.call<Token>('tokens', {
        method: 'POST',
        json: { name, ...(expires ? { expiresIn: expires } : {}) },
      })
      if (format === 'table') terminal.print(token.token ?? '')
      else terminal.answer(token, format, COLUMNS)
    })

  tokens
    .command('list')
    .description('yours, without their texts')
    .action(async (_options, command) => {
      const { api, terminal, format } = contextOf(command)
      terminal.answer(await api.call('tokens'), format, COLUMNS)
    })

  tokens
    .command('revoke <id>')
    .description('from now on it opens nothing')
    .action(async (id: string, _options, command) => {
      const { api, terminal } = contextOf(command)
      await api.call(`tokens/${id}`, { method: 'DELETE' })
      terminal.note(`Revoked ${id}.`)
    })

  return tokens
}
