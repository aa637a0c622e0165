import type { Env } from './evaluation.ts'
import { JqError } from './jq-error.ts'

export function variableOf(name: string, env: Env | undefined): unknown {
  for (let frame = env; frame !== undefined; frame = frame.outer) {
    if (frame.type === 'variable' && frame.name === name) return frame.value
  }
  // The platform's environment is nothing that a program may see.
  if (name === 'ENV') return {}
  throw new JqError(`$${name} is not defined`)
}

export function labelOf(name: string, env: Env | undefined): object {
  for (let frame = env; frame !== undefined; frame = frame.outer) {
    if (frame.type === 'label' && frame.name === name) return frame.label
  }
  throw new JqError(`$*label-${name} is not defined`)
}
