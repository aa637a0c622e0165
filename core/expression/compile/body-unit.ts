import type { Body, Statement } from '../syntax/tree.ts'
import type { CompileContext } from './context.ts'
import type { UnitNames } from './names.ts'
import type { BlockUnit } from './rendering.ts'

/** Compiles a body with local variables of its own. */
export function compileUnit(body: Body, context: CompileContext): BlockUnit {
  return context.inNewUnit((names) => compileInto(names, body, context))
}

/** Compiles a body as the unit whose variables are `names`. */
export function compileInto(names: UnitNames, body: Body, context: CompileContext): BlockUnit {
  names.declareSets(body)
  const executor = context.compilers.body(body, context)
  return { ...executor, newFrame: () => newFrame(names.frameSize) }
}

export function newFrame(size: number): unknown[] {
  return size === 0 ? NO_SLOTS : new Array<unknown>(size).fill(undefined)
}

/** Shared by all units without local variables: nothing is ever written to it. */
const NO_SLOTS: unknown[] = []

/** All statements of a body and of the bodies in it, macros' and embeds' own left out. */
export function* nestedStatements(body: Body): Generator<Statement> {
  for (const statement of body) {
    yield statement
    if (statement.type === 'if') {
      for (const branch of statement.branches) yield* nestedStatements(branch.body)
      yield* nestedStatements(statement.otherwise)
    } else if (statement.type === 'for') {
      yield* nestedStatements(statement.body)
      yield* nestedStatements(statement.otherwise)
    } else if (statement.type === 'block' || statement.type === 'filtered' || statement.type === 'group') {
      yield* nestedStatements(statement.body)
    }
  }
}
