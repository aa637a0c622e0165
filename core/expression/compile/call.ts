import { ExpressionError } from '../errors.ts'
import { MAX_ITEMS, MAX_TEXT_LENGTH } from '../limits.ts'
import { bindArguments, type Callable } from '../reference/binding.ts'
import type { FunctionDefinition } from '../reference/definition.ts'
import { FILTERS, FUNCTIONS, TESTS } from '../reference/table.ts'
import { nameHint } from '../syntax/nearest-name.ts'
import { SyntaxFault } from '../syntax/problem-list.ts'
import type { Arguments, Expression, FilterCall, Span } from '../syntax/tree.ts'
import type { CompileContext, MacroReference } from './context.ts'
import { constant, located, onAll } from './evaluator.ts'
import { callMacro } from './macro.ts'
import { localsOf } from './overlay.ts'
import type { Evaluator, Rendering } from './rendering.ts'
import { after } from './waiting.ts'

const NOTHING = constant(null)

export function compileFilter(input: Expression, call: FilterCall, context: CompileContext): Evaluator {
  const definition = FILTERS.get(call.name)
  const accepting = definition?.acceptsMissing === true
  const value = accepting
    ? context.compilers.optional(input, context)
    : context.compilers.expression(input, context)
  return applyFilter(value, call, context)
}

/** A filter on a value that is compiled already: the body of a `{% filter %}` tag, or the input above. */
export function applyFilter(input: Evaluator, call: FilterCall, context: CompileContext): Evaluator {
  const definition = FILTERS.get(call.name)
  if (definition === undefined)
    return unknownName('filter', call.name, FILTERS.keys(), call.nameSpan, context)
  const args = compileArguments(definition, 'filter', call.arguments, call.nameSpan, context)
  const { apply } = definition
  const skipsNull = definition.acceptsNull !== true && definition.acceptsMissing !== true
  const { evaluate } = input
  const constants = args.flatMap((arg) => ('constant' in arg ? [arg.constant] : []))
  if (!input.mayWait && constants.length === args.length) {
    // The common case: what can be known beforehand is not looked at again.
    return {
      evaluate: (run) => {
        const value = evaluate(run)
        if (value === null && skipsNull) return null
        try {
          return settled(apply(value ?? null, constants, run), run)
        } catch (error) {
          throw context.locate(error, call)
        }
      },
      mayWait: false,
    }
  }
  const applied = onAll([input, ...args], ([value, ...values], run) =>
    value === null && skipsNull ? null : settled(apply(value ?? null, values, run), run),
  )
  return located(applied, call, context)
}

export function compileTest(
  expression: Expression & { readonly type: 'test' },
  context: CompileContext,
): Evaluator {
  const definition = TESTS.get(expression.name)
  if (definition === undefined) {
    return unknownName('test', expression.name, TESTS.keys(), expression.nameSpan, context)
  }
  const operand = definition.acceptsMissing
    ? context.compilers.optional(expression.operand, context)
    : context.compilers.expression(expression.operand, context)
  const args = compileArguments(definition, 'test', expression.arguments, expression.nameSpan, context)
  const { holds } = definition
  const { isNegated } = expression
  const test = onAll([operand, ...args], ([value, ...values], run) => holds(value, values, run) !== isNegated)
  return located(test, expression, context)
}

export function compileCall(
  expression: Expression & { readonly type: 'call' },
  context: CompileContext,
): Evaluator {
  const { name, namespace } = expression
  if (namespace !== undefined) {
    if (context.importedNames.has(namespace))
      return compileImported(`${namespace}.${name}`, expression, context)
    const hint = `Use a filter or a function; for macros of another template, {% import "…" as ${namespace} %}.`
    const { start, end } = expression.nameSpan
    context.problem(
      new SyntaxFault(
        'EXPRESSION_SYNTAX',
        `Values have no methods: "${name}" cannot be called.`,
        start,
        end,
        hint,
      ),
    )
    return NOTHING
  }
  const macro = context.macros.get(name)
  if (macro !== undefined) return compileMacroCall(macro, expression, context)
  if (context.importedNames.has(name)) return compileImported(name, expression, context)
  const definition = FUNCTIONS.get(name)
  if (definition !== undefined) return compileFunction(definition, expression, context)
  if (context.importsUnknownMacros) return compileImported(name, expression, context)
  const names = [...context.macros.keys(), ...FUNCTIONS.keys()]
  const isFilter = FILTERS.has(name) ? `"${name}" is a filter: write {{ value | ${name} }}.` : undefined
  return unknownName('function', name, names, expression.nameSpan, context, isFilter)
}

function compileFunction(
  definition: FunctionDefinition,
  expression: Expression & { readonly type: 'call' },
  context: CompileContext,
): Evaluator {
  const args = compileArguments(definition, 'function', expression.arguments, expression.nameSpan, context)
  const { call } = definition
  const locals = definition.seesVariables === true ? localsOf(context.names) : undefined
  const evaluated = onAll(args, (values, run) => {
    const seen = locals === undefined ? run : run.inner(run.frame, locals(run))
    return after(call(values, seen), (result) => settled(result, run))
  })
  return located(
    { ...evaluated, mayWait: evaluated.mayWait || definition.mayWait === true },
    expression,
    context,
  )
}

type Call = Expression & { readonly type: 'call' }

function compileMacroCall(macro: MacroReference, expression: Call, context: CompileContext): Evaluator {
  const args = compileLooseArguments(expression.arguments, context)
  const locals = localsOf(context.names)
  const { positional } = expression.arguments
  const names = expression.arguments.named.map((argument) => argument.name)
  const called = onAll(args, (values, run) => {
    if (macro.unit === undefined)
      throw new ExpressionError('EXPRESSION_INTERNAL', 'The macro is not compiled yet.')
    return callMacro(
      macro.unit,
      values.slice(0, positional.length),
      names,
      values.slice(positional.length),
      run,
      locals,
    )
  })
  // A macro may be called before it is compiled, so whether it waits is not known yet.
  return located({ ...called, mayWait: true }, expression, context)
}

/** A macro of another template, which is known only while rendering. */
function compileImported(name: string, expression: Call, context: CompileContext): Evaluator {
  const args = compileLooseArguments(expression.arguments, context)
  const locals = localsOf(context.names)
  const { positional } = expression.arguments
  const names = expression.arguments.named.map((argument) => argument.name)
  const called = onAll(args, (values, run) => {
    const unit = run.imported?.get(name)
    if (unit === undefined) {
      const hint = nameHint(name, [...(run.imported?.keys() ?? [])], 'the macros')
      throw new ExpressionError('EXPRESSION_UNDEFINED', `There is no macro "${name}".`, { hint })
    }
    return callMacro(
      unit,
      values.slice(0, positional.length),
      names,
      values.slice(positional.length),
      run,
      locals,
    )
  })
  return located({ ...called, mayWait: true }, expression, context)
}

function compileLooseArguments(args: Arguments, context: CompileContext): Evaluator[] {
  return [...args.positional, ...args.named.map((argument) => argument.value)].map((value) =>
    context.compilers.expression(value, context),
  )
}

function compileArguments(
  callable: Callable,
  kind: string,
  args: Arguments,
  nameSpan: Span,
  context: CompileContext,
): readonly Evaluator[] {
  const bound = context.problems.attempt(() => bindArguments(callable, kind, args, nameSpan)) ?? []
  const evaluators = bound.map((value) =>
    value === undefined ? undefined : context.compilers.expression(value, context),
  )
  while (evaluators.length > 0 && evaluators.at(-1) === undefined) evaluators.pop()
  return evaluators.map((evaluator) => evaluator ?? constant(undefined))
}

/** Accounts for what a filter or function made, and keeps it within the bounds. */
function settled(result: unknown, run: Rendering): unknown {
  if (typeof result === 'string') {
    if (result.length > 64) run.charge(result.length >> 6)
    if (result.length > MAX_TEXT_LENGTH) {
      throw new ExpressionError('EXPRESSION_LIMIT', `A text may have ${MAX_TEXT_LENGTH} characters.`)
    }
  } else if (Array.isArray(result)) {
    run.charge(result.length)
    if (result.length > MAX_ITEMS)
      throw new ExpressionError('EXPRESSION_LIMIT', `A list may have ${MAX_ITEMS} items.`)
  }
  return result === undefined ? null : result
}

function unknownName(
  kind: string,
  name: string,
  names: Iterable<string>,
  { start, end }: Span,
  context: CompileContext,
  hint = nameHint(name, [...names], `the ${kind}s`),
): Evaluator {
  context.problem(
    new SyntaxFault('EXPRESSION_UNKNOWN_NAME', `There is no ${kind} "${name}".`, start, end, hint),
  )
  return NOTHING
}
