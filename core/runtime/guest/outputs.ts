import type { GuestFault } from '../protocol/guest.ts'
import { flattenError } from './flatten-error.ts'

const { stringify } = JSON
const { isArray } = Array

export type Outputs = { readonly json: string } | { readonly fault: GuestFault }

/** Turns what `run` or `evaluate` returned into JSON text, within the attempt's bound and its slice. */
export function toOutputs(value: unknown, method: string, outputBytes: number): Outputs {
  if (value === undefined || (value === null && method === 'evaluate')) {
    return { json: method === 'run' ? '{}' : 'null' }
  }
  if (typeof value !== 'object' || value === null || isArray(value)) {
    const found = isArray(value) ? 'an array' : value === null ? 'null' : typeof value
    return invalid(`\`${method}\` must return an object or nothing; it returned ${found}.`)
  }
  let json: string | undefined
  try {
    json = stringify(value)
  } catch (error) {
    return invalid(`What \`${method}\` returned is not JSON: ${flattenError(error).message}`)
  }
  if (json === undefined) return invalid(`What \`${method}\` returned is not JSON.`)
  if (json.length > outputBytes) {
    const message = `The outputs take ${json.length} characters of JSON; ${outputBytes} bytes are allowed.`
    return { fault: { ...plainFault(message), reason: 'output-too-large' } }
  }
  return { json }
}

export function plainFault(message: string): GuestFault {
  return { name: 'Error', message, stack: '', causes: [] }
}

function invalid(message: string): Outputs {
  return { fault: { ...plainFault(message), reason: 'output-invalid' } }
}
