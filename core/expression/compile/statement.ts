import { ExpressionError } from '../errors.ts'
import { SyntaxFault } from '../syntax/problem-list.ts'
import type { Body, Span, Statement } from '../syntax/tree.ts'
import { describeKind, isMap } from '../value/kind.ts'
import { entriesOf } from '../value/map.ts'
import { textOf } from '../value/text.ts'
import { isTrue } from '../value/truth.ts'
import { compileBlock } from './block.ts'
import { checkOutput } from './budget.ts'
import { applyFilter } from './call.ts'
import type { CompileContext } from './context.ts'
import { compileEmbed, compileFrom, compileImport, compileInclude } from './linking.ts'
import type { Evaluator, Executor, Rendering } from './rendering.ts'
import { after, guarded, inOrder } from './waiting.ts'

/** Compiles statements to be run one after the other. */
export function compileBody(body: Body, context: CompileContext): Executor {
  const printed = compilePrinted(body, context)
  if (printed !== undefined) return printed
  const steps = body.flatMap((statement) => compileStatement(statement, context) ?? [])
  const weight = steps.reduce((sum, step) => sum + step.weight, 1)
  const executes = steps.map((step) => step.execute)
  const [only] = executes
  if (only !== undefined && executes.length === 1)
    return { execute: only, mayWait: steps[0]?.mayWait === true, weight }
  if (steps.some((step) => step.mayWait)) {
    return {
      execute: (run) => inOrder(executes.length, (index) => executes[index]?.(run)),
      mayWait: true,
      weight,
    }
  }
  return {
    execute: (run) => {
      for (const execute of executes) execute(run)
    },
    mayWait: false,
    weight,
  }
}

/** The most common body, text and values that never wait, in one step. Undefined for any other. */
function compilePrinted(body: Body, context: CompileContext): Executor | undefined {
  if (
    body.length < 2 ||
    !body.every((statement) => statement.type === 'text' || statement.type === 'print')
  ) {
    return undefined
  }
  // Compiling notes faults, so each statement is compiled once: if one waits, the parts are put together as they are.
  const parts = body.map((statement) => {
    if (statement.type === 'text') return statement.text
    return { value: context.compilers.expression(statement.expression, context), span: statement.expression }
  })
  const weight = body.reduce((sum, statement) => sum + 2 + weightOf(statement), 1)
  if (parts.some((part) => typeof part !== 'string' && part.value.mayWait)) {
    const steps = parts.map((part) =>
      typeof part === 'string' ? compileText(part) : compilePrint(part.value, part.span, context),
    )
    return {
      execute: (run) => inOrder(steps.length, (index) => steps[index]?.execute(run)),
      mayWait: true,
      weight,
    }
  }
  const values = parts.filter((part) => typeof part !== 'string')
  const { texts, end } = textsBetween(parts)
  const steps = values.map((part, index) => ({
    before: texts[index] ?? '',
    evaluate: part.value.evaluate,
    span: part.span,
  }))
  return {
    execute: (run) => {
      let text = run.output
      for (const { before, evaluate, span } of steps) {
        const value = evaluate(run)
        text += before
        text += typeof value === 'string' ? value : printed(value, span, run, context)
        checkOutput(text.length)
      }
      run.output = text + end
      checkOutput(run.output.length)
    },
    mayWait: false,
    weight,
  }
}

/** The text before each value, and the text behind the last. */
function textsBetween(parts: readonly unknown[]): {
  readonly texts: readonly string[]
  readonly end: string
} {
  const texts: string[] = []
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') text += part
    else {
      texts.push(text)
      text = ''
    }
  }
  return { texts, end: text }
}

function printed(value: unknown, span: Span, run: Rendering, context: CompileContext): string {
  try {
    return textOf(value, run)
  } catch (error) {
    throw context.locate(error, span)
  }
}

/** Undefined for what was dealt with before rendering: macros. */
function compileStatement(statement: Statement, context: CompileContext): Executor | undefined {
  switch (statement.type) {
    case 'text':
      return compileText(statement.text)
    case 'print':
      return compilePrint(
        context.compilers.expression(statement.expression, context),
        statement.expression,
        context,
      )
    case 'if':
      return compileIf(statement, context)
    case 'for':
      return compileFor(statement, context)
    case 'set':
      return compileSet(statement, context)
    case 'block':
      return compileBlock(statement, context)
    case 'filtered':
      return compileFiltered(statement, context)
    case 'group':
      return compileBody(statement.body, context)
    case 'macro':
      return undefined
    case 'extends':
      // Dealt with by the template as a whole; inside a body it can have no meaning.
      context.problem(
        new SyntaxFault(
          'EXPRESSION_SYNTAX',
          '"extends" must stand at the outermost level, once.',
          statement.start,
          statement.end,
        ),
      )
      return undefined
    case 'include':
      return compileInclude(statement, context)
    case 'embed':
      return compileEmbed(statement, context)
    case 'import':
      return compileImport(statement, context)
    case 'from':
      return compileFrom(statement, context)
    default:
      return statement satisfies never
  }
}

function compileText(text: string): Executor {
  return {
    execute: (run) => {
      run.output += text
      checkOutput(run.output.length)
    },
    mayWait: false,
    weight: 1 + (text.length >> 6),
  }
}

export function compilePrint(value: Evaluator, span: Span, context: CompileContext): Executor {
  const { evaluate, mayWait } = value
  const print = (result: unknown, run: Rendering): void => {
    run.output += typeof result === 'string' ? result : printed(result, span, run, context)
    checkOutput(run.output.length)
  }
  const weight = 2 + weightOf(span)
  return mayWait
    ? { execute: (run) => after(evaluate(run), (result) => print(result, run)), mayWait, weight }
    : { execute: (run) => print(evaluate(run), run), mayWait, weight }
}

/** Work of an expression, taken from its length: a node needs at least a character or two. */
function weightOf({ start, end }: Span): number {
  return (end - start) >> 1
}

function compileIf(statement: Statement & { readonly type: 'if' }, context: CompileContext): Executor {
  const branches = statement.branches.map(({ condition, body }) => ({
    condition: context.compilers.expression(condition, context),
    body: compileBody(body, context),
    weight: weightOf(condition),
  }))
  const otherwise = compileBody(statement.otherwise, context)
  const parts = branches.flatMap(({ condition, body }) => [condition, body])
  const mayWait = otherwise.mayWait || parts.some((part) => part.mayWait)
  const decide = (run: Rendering, from: number): void | Promise<void> => {
    const branch = branches[from]
    if (branch === undefined) return otherwise.execute(run)
    return after(branch.condition.evaluate(run), (value) =>
      isTrue(value) ? branch.body.execute(run) : decide(run, from + 1),
    )
  }
  const weight = branches.reduce((sum, branch) => sum + branch.weight + branch.body.weight, otherwise.weight)
  if (mayWait) return { execute: (run) => decide(run, 0), mayWait, weight }
  return {
    execute: (run) => {
      for (const { condition, body } of branches)
        if (isTrue(condition.evaluate(run))) return body.execute(run)
      return otherwise.execute(run)
    },
    mayWait,
    weight,
  }
}

function compileFor(statement: Statement & { readonly type: 'for' }, context: CompileContext): Executor {
  const items = context.compilers.expression(statement.items, context)
  const { names } = context
  const scope = names.within(() => {
    const loop = names.declare('loop')
    const item = names.declare(statement.variable)
    names.declareSets(statement.body)
    return { loop, item, body: compileBody(statement.body, context) }
  })
  const { loop, item, body } = scope.result
  const needsLoop = scope.read.has('loop')
  const otherwise = compileBody(statement.otherwise, context)
  const { execute } = body

  const round = (run: Rendering, list: readonly unknown[], index: number): void | Promise<void> => {
    run.charge(body.weight)
    run.frame[item] = list[index] ?? null
    if (needsLoop) run.frame[loop] = loopVariable(index, list.length)
    return execute(run)
  }
  const clear = (run: Rendering): void => {
    for (const slot of scope.slots) run.frame[slot] = undefined
  }
  const iterate = (value: unknown, run: Rendering): void | Promise<void> => {
    const list = iterable(value, statement.items, context)
    if (list.length === 0) return otherwise.execute(run)
    if (body.mayWait) {
      return after(
        inOrder(list.length, (index) => round(run, list, index)),
        () => clear(run),
      )
    }
    for (let index = 0; index < list.length; index++) round(run, list, index)
    clear(run)
  }
  const fail = (error: unknown): never => {
    throw context.locate(error, statement)
  }
  return {
    // What the loop itself runs into, its bound on work above all, is at its tag.
    execute: items.mayWait
      ? (run) => after(items.evaluate(run), (value) => guarded(() => iterate(value, run), fail))
      : (run) => guarded(() => iterate(items.evaluate(run), run), fail),
    mayWait: items.mayWait || body.mayWait || otherwise.mayWait,
    weight: body.weight + otherwise.weight + weightOf(statement.items),
  }
}

function loopVariable(index: number, length: number): Readonly<Record<string, unknown>> {
  return { index, length, first: index === 0, last: index === length - 1, revindex: length - index - 1 }
}

/** What `for` walks over: a list as it is, a map as entries with key and value, null as nothing. */
function iterable(value: unknown, span: Span, context: CompileContext): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (value === null) return []
  if (isMap(value)) return entriesOf(value).map(([key, entry]) => ({ key, value: entry }))
  const hint = typeof value === 'string' ? 'Parse a JSON text with fromJson(…).' : undefined
  throw context.locate(
    new ExpressionError('EXPRESSION_VALUE', `"for" needs a list or a map, not ${describeKind(value)}.`, {
      hint,
    }),
    span,
  )
}

function compileSet(statement: Statement & { readonly type: 'set' }, context: CompileContext): Executor {
  const value = context.compilers.expression(statement.value, context)
  const slot = context.names.assign(statement.variable)
  const assign = (result: unknown, run: Rendering): void => {
    run.frame[slot] = result
  }
  return {
    execute: value.mayWait
      ? (run) => after(value.evaluate(run), (result) => assign(result, run))
      : (run) => assign(value.evaluate(run), run),
    mayWait: value.mayWait,
    weight: 1 + weightOf(statement.value),
  }
}

function compileFiltered(
  statement: Statement & { readonly type: 'filtered' },
  context: CompileContext,
): Executor {
  const body = compileBody(statement.body, context)
  let value: Evaluator = {
    evaluate: (run) => {
      const before = run.output
      run.output = ''
      return after(body.execute(run), () => {
        const text = run.output
        run.output = before
        return text
      })
    },
    mayWait: body.mayWait,
  }
  for (const filter of statement.filters) value = applyFilter(value, filter, context)
  const print = compilePrint(value, statement, context)
  return { ...print, weight: print.weight + body.weight }
}
