import { nameHint } from '../syntax/nearest-name.ts'
import { SyntaxFault } from '../syntax/problem-list.ts'
import type { Arguments, Expression, Span } from '../syntax/tree.ts'

/** What can be called with arguments: a function, filter, test or macro. */
export interface Callable {
  readonly name: string
  readonly parameters: readonly { readonly name: string; readonly isOptional?: boolean }[]
  readonly isVariadic?: boolean
}

/**
 * The arguments in the order of the parameters; undefined where one is left out.
 *
 * @throws SyntaxFault `EXPRESSION_ARGUMENTS` for too many, missing, doubled or unknown ones
 */
export function bindArguments(
  callable: Callable,
  kind: string,
  args: Arguments,
  nameSpan: Span,
): readonly (Expression | undefined)[] {
  const { name, parameters, isVariadic } = callable
  const bound: (Expression | undefined)[] = [...args.positional]
  if (!isVariadic && bound.length > parameters.length) {
    const extra = args.positional[parameters.length]
    throw fault(
      `The ${kind} ${name} takes ${count(parameters.length)}, not ${bound.length}.`,
      extra ?? nameSpan,
      signatureHint(callable),
    )
  }
  while (bound.length < parameters.length) bound.push(undefined)
  for (const argument of args.named) {
    const index = parameters.findIndex((parameter) => parameter.name === argument.name)
    if (index === -1) {
      const names = parameters.map((parameter) => parameter.name)
      const hint = names.length === 0 ? 'It takes none.' : nameHint(argument.name, names, 'the arguments')
      throw fault(`The ${kind} ${name} has no argument "${argument.name}".`, argument, hint)
    }
    if (bound[index] !== undefined) throw fault(`The argument "${argument.name}" is given twice.`, argument)
    bound[index] = argument.value
  }
  const missing = parameters.find((parameter, index) => !parameter.isOptional && bound[index] === undefined)
  if (missing !== undefined) {
    throw fault(
      `The ${kind} ${name} needs the argument "${missing.name}".`,
      nameSpan,
      signatureHint(callable),
    )
  }
  return bound
}

/** `name(a, b?)` */
export function signature({ name, parameters, isVariadic }: Callable): string {
  const names = parameters.map((parameter) => `${parameter.name}${parameter.isOptional ? '?' : ''}`)
  return `${name}(${names.join(', ')}${isVariadic ? ', …' : ''})`
}

function signatureHint(callable: Callable): string {
  return `Write it as ${signature(callable)}.`
}

function count(parameters: number): string {
  if (parameters === 0) return 'no arguments'
  return parameters === 1 ? '1 argument' : `${parameters} arguments`
}

function fault(message: string, { start, end }: Span, hint?: string): SyntaxFault {
  return new SyntaxFault('EXPRESSION_ARGUMENTS', message, start, end, hint)
}
