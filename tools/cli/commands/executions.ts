import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { ContextOf } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { splitFlowId } from './flow-id.ts'

interface Execution {
  readonly id: string
  readonly namespace: string
  readonly flowId: string
  readonly state: { readonly current: string; readonly duration?: string; readonly startDate?: string }
  readonly taskRunList?: readonly {
    readonly taskId: string
    readonly state: { readonly current: string }
    readonly outputs?: unknown
  }[]
}

interface LogLine {
  readonly timestamp: string
  readonly level: string
  readonly taskId?: string
  readonly message: string
}

const COLUMNS = ['id', 'namespace', 'flowId', 'state.current', 'state.startDate', 'state.duration']
const GOOD_ENDS: ReadonlySet<string> = new Set(['SUCCESS', 'WARNING'])

export function executionCommands(contextOf: ContextOf): Command {
  const executions = new Command('executions').description('run flows and look at their runs')

  executions
    .command('run <flow>')
    .description('start a flow; FLOW is NAMESPACE.ID')
    .option('-i, --input <name=value>', 'an input; repeat it for more', collect, [])
    .option('-l, --label <key=value>', 'a label; repeat it for more', collect, [])
    .option('-w, --wait', 'wait for the end; exit code 1 unless it is SUCCESS or WARNING')
    .action(async (flow: string, options: { input: string[]; label: string[]; wait?: boolean }, command) => {
      const { api, terminal, format } = contextOf(command)
      const { namespace, id } = splitFlowId(flow)
      const form = new FormData()
      for (const [name, value] of options.input.map(splitPair)) form.append(name, value)
      const labels = options.label.map((label) => splitPair(label).join(':'))
      const execution = await api.call<Execution>(`tenant:executions/${namespace}/${id}`, {
        method: 'POST',
        query: { wait: options.wait === true, labels },
        ...(options.input.length === 0 ? {} : { form }),
      })
      terminal.answer(execution, format, COLUMNS)
      if (options.wait && !GOOD_ENDS.has(execution.state.current)) {
        throw new CliError(`The execution ended ${execution.state.current}.`, {
          hint: `Look at its logs: pinion executions logs ${execution.id}`,
        })
      }
    })

  executions
    .command('list')
    .description('newest first')
    .option('-n, --namespace <namespace>', 'of this namespace')
    .option('-f, --flow <id>', 'of flows with this id')
    .option('-s, --state <state>', 'such as RUNNING; repeat it for more', collect, [])
    .option('--size <count>', 'how many', '25')
    .action(async ({ namespace, flow, state, size }, command) => {
      const { api, terminal, format } = contextOf(command)
      const { results } = await api.call<{ results: readonly Execution[] }>('tenant:executions/search', {
        query: { namespace, flowId: flow, state, size },
      })
      terminal.answer(results, format, COLUMNS)
    })

  executions
    .command('get <id>')
    .description('an execution and its task runs, with the plugin version that ran each')
    .action(async (id: string, _options, command) => {
      const { api, terminal, format } = contextOf(command)
      const execution = await api.call<Execution>(`tenant:executions/${id}`)
      if (format !== 'table') return terminal.answer(execution, format, COLUMNS)
      terminal.answer(execution, format, COLUMNS)
      terminal.print('')
      terminal.answer(execution.taskRunList ?? [], format, [
        'taskId',
        'state.current',
        'plugin.packageName',
        'plugin.version',
        'outputs',
      ])
    })

  executions
    .command('logs <id>')
    .description('what its tasks logged, in order of time')
    .option('-l, --level <level>', 'the least level to show', 'INFO')
    .action(async (id: string, { level }, command) => {
      const { api, terminal, format } = contextOf(command)
      const lines = await api.call<readonly LogLine[]>(`tenant:logs/${id}`, { query: { minLevel: level } })
      if (format !== 'table') return terminal.answer(lines, format, [])
      for (const line of lines)
        terminal.print(`${line.timestamp} ${line.level.padEnd(5)} ${line.taskId ?? '-'}  ${line.message}`)
    })

  executions
    .command('kill <id>')
    .description('stop an execution')
    .action(async (id: string, _options, command) => {
      const { api, terminal } = contextOf(command)
      await api.call(`tenant:executions/${id}/kill`, { method: 'DELETE' })
      terminal.note(`Asked ${id} to stop.`)
    })

  return executions
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value]
}

function splitPair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at <= 0) throw new CliError(`"${text}" is not NAME=VALUE.`, { exitCode: EXIT.usage })
  return [text.slice(0, at), text.slice(at + 1)]
}
