import { ProblemList } from '../syntax/problem-list.ts'
import { parseTemplate } from '../syntax/template-parser.ts'
import type { Body, Statement } from '../syntax/tree.ts'
import { compileBlocks } from './block.ts'
import { compileInto, nestedStatements } from './body-unit.ts'
import { CompileContext, type Compilers, toExpressionError } from './context.ts'
import { compileExpression, compileOptional } from './expression.ts'
import { compileParent, noteImports } from './linking.ts'
import { compileMacros } from './macro.ts'
import { localsOf } from './overlay.ts'
import type { Evaluator, Program } from './rendering.ts'
import { compileBody } from './statement.ts'

const COMPILERS: Compilers = { expression: compileExpression, optional: compileOptional, body: compileBody }

/** Compiles a template's text. @throws ExpressionError for the first fault, with all of them in `problems` */
export function compileProgram(text: string): Program {
  const problems = new ProblemList(text)
  try {
    const program = compileAll(text, problems)
    problems.throwIfAny()
    return program
  } catch (error) {
    throw toExpressionError(error)
  }
}

/** Compiles for the sake of the faults only. */
export function findProblems(text: string): ProblemList {
  const problems = new ProblemList(text)
  compileAll(text, problems)
  return problems
}

function compileAll(text: string, problems: ProblemList): Program {
  const body = parseTemplate(text, problems)
  const context = new CompileContext(text, problems, COMPILERS)
  noteImports(nestedStatements(body), context)
  const macros = compileMacros(body, context)
  const blocks = compileBlocks(body, context)
  const loadParent = context.inNewUnit(() => compileParent(body, context))
  const statements = loadParent === undefined ? body : body.filter(preparesParent)
  return {
    ...context.inNewUnit((names) => {
      const main = compileInto(names, statements, context)
      return { main, locals: localsOf(names) }
    }),
    blocks,
    macros,
    loadParent,
    single: compileSingle(body, context),
  }
}

/** Of a template that extends another, only what sets variables runs; its blocks are printed by the other. */
function preparesParent(statement: Statement): boolean {
  return statement.type === 'set' || statement.type === 'import' || statement.type === 'from'
}

/** The one expression of a template that prints nothing else but white space. */
function compileSingle(body: Body, context: CompileContext): Evaluator | undefined {
  const printed = body.filter((statement) => statement.type !== 'text' || statement.text.trim() !== '')
  const [only] = printed
  if (printed.length !== 1 || only?.type !== 'print') return undefined
  return context.inNewUnit(() => compileExpression(only.expression, context))
}
