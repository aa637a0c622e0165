import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { ContextOf } from '../context.ts'
import { splitFlowId } from './flow-id.ts'

interface Flow {
  readonly id: string
  readonly namespace: string
  readonly revision: number
  readonly source?: string
}

interface Validation {
  readonly index: number
  readonly constraints?: string
  readonly warnings?: readonly string[]
}

const COLUMNS = ['namespace', 'id', 'revision']

export function flowCommands(contextOf: ContextOf): Command {
  const flows = new Command('flows').description('save, check and list flows')

  flows
    .command('list')
    .description('the latest revision of each flow')
    .option('-n, --namespace <namespace>', 'this namespace and those below it')
    .action(async ({ namespace }, command) => {
      const { api, terminal, format } = contextOf(command)
      const { results } = await api.call<{ results: readonly Flow[] }>('tenant:flows/search', {
        query: { namespace, size: 1000 },
      })
      terminal.answer(results, format, COLUMNS)
    })

  flows
    .command('get <flow>')
    .description("a flow's source; FLOW is NAMESPACE.ID")
    .option('-r, --revision <number>', 'not the latest')
    .action(async (flow: string, { revision }, command) => {
      const { api, terminal, format } = contextOf(command)
      const { namespace, id } = splitFlowId(flow)
      const found = await api.call<Flow>(`tenant:flows/${namespace}/${id}`, {
        query: { source: true, revision },
      })
      if (format === 'table') terminal.print((found.source ?? '').trimEnd())
      else terminal.answer(found, format, COLUMNS)
    })

  flows
    .command('validate <files...>')
    .description('check flow files against what is installed, without saving them')
    .action(async (files: string[], _options, command) => {
      const { api, terminal } = contextOf(command)
      let faults = 0
      for (const file of files) {
        const source = await readSource(file)
        const results = await api.call<readonly Validation[]>('tenant:flows/validate', {
          method: 'POST',
          body: source,
        })
        for (const { constraints, warnings } of results) {
          for (const warning of warnings ?? [])
            terminal.note(`${file}: ${terminal.style('yellow', 'warning')} ${warning}`)
          if (!constraints) continue
          faults++
          for (const line of constraints.split('\n')) terminal.note(`${file}: ${line}`)
        }
      }
      if (faults > 0) throw new CliError(`${faults} ${faults === 1 ? 'flow is' : 'flows are'} not valid.`)
      terminal.note('All flows are valid.')
    })

  flows
    .command('deploy <files...>')
    .description('save flow files: new ones are created, others get a new revision')
    .action(async (files: string[], _options, command) => {
      const { api, terminal, format } = contextOf(command)
      const saved: Flow[] = []
      for (const file of files)
        saved.push(
          await api.call<Flow>('tenant:flows/deploy', { method: 'POST', body: await readSource(file) }),
        )
      terminal.answer(saved, format, COLUMNS)
    })

  flows
    .command('delete <flow>')
    .description('delete a flow; its revisions and executions stay readable')
    .action(async (flow: string, _options, command) => {
      const { api, terminal } = contextOf(command)
      const { namespace, id } = splitFlowId(flow)
      await api.call(`tenant:flows/${namespace}/${id}`, { method: 'DELETE' })
      terminal.note(`Deleted ${namespace}.${id}.`)
    })

  return flows
}

async function readSource(file: string): Promise<{ readonly type: string; readonly data: string }> {
  try {
    return { type: 'application/x-yaml', data: await readFile(file, 'utf8') }
  } catch (error) {
    throw new CliError(`${file} cannot be read.`, { cause: error })
  }
}
