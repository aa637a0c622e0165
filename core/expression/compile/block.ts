import { SyntaxFault } from '../syntax/problem-list.ts'
import type { Body, Statement } from '../syntax/tree.ts'
import { compileUnit, nestedStatements } from './body-unit.ts'
import { checkOutput } from './budget.ts'
import type { CompileContext } from './context.ts'
import { localsOf } from './overlay.ts'
import type { BlockUnit, Executor } from './rendering.ts'
import { after, guarded } from './waiting.ts'

export function compileBlock(
  statement: Statement & { readonly type: 'block' },
  context: CompileContext,
): Executor {
  const { name } = statement
  const locals = localsOf(context.names)
  // Which block is printed is known only while rendering: a template that extends this one may override it.
  return {
    execute: (run) =>
      guarded(
        () =>
          after(run.inner(run.frame, locals(run)).renderBlock(name), (text) => {
            run.output += text
            checkOutput(run.output.length)
          }),
        (error) => {
          throw context.locate(error, statement)
        },
      ),
    mayWait: true,
    weight: 1,
  }
}

/** Blocks of a body by name, nested ones included. @returns units that know nothing of what they override yet */
export function compileBlocks(body: Body, context: CompileContext): Map<string, BlockUnit> {
  const units = new Map<string, BlockUnit>()
  for (const statement of nestedStatements(body)) {
    if (statement.type !== 'block') continue
    if (units.has(statement.name)) {
      context.problem(
        new SyntaxFault(
          'EXPRESSION_SYNTAX',
          `There are two blocks "${statement.name}".`,
          statement.start,
          statement.end,
        ),
      )
    }
    units.set(statement.name, compileUnit(statement.body, context))
  }
  return units
}
