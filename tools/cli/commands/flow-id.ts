import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'

/** `company.team.hello` is the flow `hello` in `company.team`. */
export function splitFlowId(flow: string): { readonly namespace: string; readonly id: string } {
  const dot = flow.lastIndexOf('.')
  if (dot <= 0 || dot === flow.length - 1) {
    throw new CliError(`"${flow}" does not name a flow.`, {
      exitCode: EXIT.usage,
      hint: 'Write NAMESPACE.ID, such as company.team.hello.',
    })
  }
  return { namespace: flow.slice(0, dot), id: flow.slice(dot + 1) }
}
