import { ExpressionError } from '../errors.ts'
import type { Body, Expression, Statement } from '../syntax/tree.ts'
import { describeKind, isMap } from '../value/kind.ts'
import { entriesOf } from '../value/map.ts'
import { textOf } from '../value/text.ts'
import { compileBlocks } from './block.ts'
import { checkOutput } from './budget.ts'
import type { CompileContext } from './context.ts'
import { constant, located, onAll } from './evaluator.ts'
import { localsOf } from './overlay.ts'
import { renderProgram } from './program.ts'
import type { Evaluator, Executor, Program, Rendering } from './rendering.ts'
import { after } from './waiting.ts'

// Tags that reach other templates by name. The texts come from the scope's service `template`, when rendering.

type Of<Type extends Statement['type']> = Statement & { readonly type: Type }

export function compileInclude(statement: Of<'include'>, context: CompileContext): Executor {
  const template = context.compilers.expression(statement.template, context)
  const { variables } = statement
  const added =
    variables === undefined ? constant(undefined) : context.compilers.expression(variables, context)
  const locals = localsOf(context.names)
  const include = onAll([template, added], ([name, map], run) =>
    after(loadProgram(name, run), (program) => {
      const overlay = map === undefined ? locals(run) : withVariables(locals(run), map)
      const inner = run.inner(program.main.newFrame(), overlay)
      return run.nestedCall(() => after(renderProgram(program, inner, undefined), (text) => print(text, run)))
    }),
  )
  return executor(include, statement, context)
}

export function compileEmbed(statement: Of<'embed'>, context: CompileContext): Executor {
  const template = context.compilers.expression(statement.template, context)
  const blocks = compileBlocks(statement.body, context)
  const locals = localsOf(context.names)
  const embed = onAll([template], ([name], run) =>
    after(loadProgram(name, run), (program) => {
      const inner = run.inner(program.main.newFrame(), locals(run))
      const layers = new Map([...blocks].map(([block, unit]) => [block, { unit, overridden: undefined }]))
      return run.nestedCall(() => after(renderProgram(program, inner, layers), (text) => print(text, run)))
    }),
  )
  return executor(embed, statement, context)
}

export function compileImport(statement: Of<'import'>, context: CompileContext): Executor {
  const template = context.compilers.expression(statement.template, context)
  const prefix = statement.namespace === undefined ? '' : `${statement.namespace}.`
  const load = onAll([template], ([name], run) =>
    after(loadProgram(name, run), (program) => {
      run.imported = new Map(run.imported)
      for (const [macro, unit] of program.macros) run.imported.set(prefix + macro, unit)
    }),
  )
  return executor(load, statement, context)
}

export function compileFrom(statement: Of<'from'>, context: CompileContext): Executor {
  const template = context.compilers.expression(statement.template, context)
  const load = onAll([template], ([name], run) =>
    after(loadProgram(name, run), (program) => {
      run.imported = new Map(run.imported)
      for (const { name: macro, alias } of statement.macros) {
        const unit = program.macros.get(macro)
        if (unit === undefined) {
          throw new ExpressionError(
            'EXPRESSION_UNDEFINED',
            `The template "${String(name)}" has no macro "${macro}".`,
          )
        }
        run.imported.set(alias, unit)
      }
    }),
  )
  return executor(load, statement, context)
}

/** Notes which names calls may use, before anything is compiled. */
export function noteImports(statements: Iterable<Statement>, context: CompileContext): void {
  for (const statement of statements) {
    if (statement.type === 'from') for (const { alias } of statement.macros) context.importedNames.add(alias)
    else if (statement.type === 'import') {
      if (statement.namespace === undefined) context.importsUnknownMacros = true
      else context.importedNames.add(statement.namespace)
    }
  }
}

/** The template that this one extends, evaluated once its own statements ran. */
export function compileParent(
  body: Body,
  context: CompileContext,
): ((run: Rendering) => Program | Promise<Program>) | undefined {
  const statement = body.find((candidate) => candidate.type === 'extends')
  if (statement === undefined) return undefined
  const template: Expression = statement.template
  const load = onAll([context.compilers.expression(template, context)], ([name], run) =>
    loadProgram(name, run),
  )
  const { evaluate } = located({ ...load, mayWait: true }, statement, context)
  return (run) => after(evaluate(run), programOf)
}

function programOf(value: unknown): Program {
  if (isProgram(value)) return value
  throw new ExpressionError('EXPRESSION_INTERNAL', 'A template was not compiled.')
}

function isProgram(value: unknown): value is Program {
  return typeof value === 'object' && value !== null && 'main' in value
}

function executor(evaluator: Evaluator, statement: Statement, context: CompileContext): Executor {
  const { evaluate } = located({ ...evaluator, mayWait: true }, statement, context)
  return { execute: (run) => after(evaluate(run), () => undefined), mayWait: true, weight: 10 }
}

function loadProgram(name: unknown, run: Rendering): Program | Promise<Program> {
  const { template } = run.services
  const wanted = textOf(name, run)
  if (template === undefined) {
    throw new ExpressionError(
      'EXPRESSION_UNAVAILABLE',
      `The template "${wanted}" cannot be loaded: there are none here.`,
    )
  }
  run.countServiceCall()
  return template(wanted).then((text) => {
    if (text === undefined) {
      throw new ExpressionError('EXPRESSION_UNDEFINED', `There is no template "${wanted}".`)
    }
    return run.nested.compile(text)
  })
}

function print(text: string, run: Rendering): void {
  run.output += text
  checkOutput(run.output.length)
}

function withVariables(
  overlay: ReadonlyMap<string, unknown> | undefined,
  added: unknown,
): ReadonlyMap<string, unknown> {
  if (!isMap(added)) {
    throw new ExpressionError('EXPRESSION_VALUE', `"with" needs a map, not ${describeKind(added)}.`)
  }
  const variables = new Map(overlay)
  for (const [key, value] of entriesOf(added)) variables.set(String(key), value)
  return variables
}
