import { ExpressionError } from '../errors.ts'
import { nameHint } from '../syntax/nearest-name.ts'
import type { Body, Statement } from '../syntax/tree.ts'
import { nestedStatements, newFrame } from './body-unit.ts'
import type { CompileContext } from './context.ts'
import { located } from './evaluator.ts'
import type { MacroUnit, ReadLocals, Rendering } from './rendering.ts'
import { after, inOrder } from './waiting.ts'

const NO_VARIABLES: Readonly<Record<string, unknown>> = Object.freeze({})

/** The parameter that holds all variables around the call. */
const CONTEXT_PARAMETER = '_context'

/** Renders a macro. It sees its arguments and nothing else; an argument left out is its default, or null. */
export function callMacro(
  unit: MacroUnit,
  positional: readonly unknown[],
  names: readonly string[],
  named: readonly unknown[],
  run: Rendering,
  locals: ReadLocals,
): string | Promise<string> {
  const { parameters } = unit
  if (positional.length > parameters.length) {
    throw new ExpressionError(
      'EXPRESSION_ARGUMENTS',
      `The macro ${unit.name} takes ${parameters.length} arguments, not ${positional.length}.`,
    )
  }
  const values: unknown[] = [...positional]
  for (const [index, name] of names.entries()) {
    const position = parameters.findIndex((parameter) => parameter.name === name)
    if (position === -1) {
      const hint = nameHint(
        name,
        parameters.map((parameter) => parameter.name),
        'the arguments',
      )
      throw new ExpressionError('EXPRESSION_ARGUMENTS', `The macro ${unit.name} has no argument "${name}".`, {
        hint,
      })
    }
    values[position] = named[index]
  }
  return run.nestedCall(() => {
    const inner = run.inner(unit.newFrame(), undefined, NO_VARIABLES)
    run.charge(unit.weight)
    const bound = inOrder(parameters.length, (index) => bind(unit, index, values[index], run, inner, locals))
    return after(bound, () => after(unit.execute(inner), () => inner.output))
  })
}

function bind(
  unit: MacroUnit,
  index: number,
  given: unknown,
  run: Rendering,
  inner: Rendering,
  locals: ReadLocals,
): void | Promise<void> {
  const target = unit.slots[index]
  if (target === undefined) return
  if (given === undefined && unit.parameters[index]?.name === CONTEXT_PARAMETER) {
    inner.frame[target.slot] = run.inner(run.frame, locals(run)).allVariables()
    return
  }
  const value = given === undefined ? target.defaultValue?.evaluate(inner) : given
  return after(value, (settled) => {
    inner.frame[target.slot] = settled ?? null
  })
}

/** Compiles all macros of a body. They are known to calls anywhere in the template, and to each other. */
export function compileMacros(body: Body, context: CompileContext): ReadonlyMap<string, MacroUnit> {
  const statements = [...nestedStatements(body)].filter((statement) => statement.type === 'macro')
  for (const { name } of statements) context.macros.set(name, { unit: undefined })
  const units = new Map<string, MacroUnit>()
  for (const statement of statements) {
    const unit = compileMacro(statement, context)
    const reference = context.macros.get(statement.name)
    if (reference !== undefined) reference.unit = unit
    units.set(statement.name, unit)
  }
  return units
}

function compileMacro(
  { name, parameters, body }: Statement & { readonly type: 'macro' },
  context: CompileContext,
): MacroUnit {
  return context.inNewUnit((names) => {
    const slots = parameters.map((parameter) => ({
      defaultValue:
        parameter.defaultValue === undefined
          ? undefined
          : located(context.compilers.expression(parameter.defaultValue, context), parameter, context),
      slot: names.declare(parameter.name),
    }))
    names.declareSets(body)
    const executor = context.compilers.body(body, context)
    return { ...executor, name, parameters, slots, newFrame: () => newFrame(names.frameSize) }
  })
}
