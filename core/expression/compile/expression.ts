import { ExpressionError } from '../errors.ts'
import { nameHint } from '../syntax/nearest-name.ts'
import type { Expression } from '../syntax/tree.ts'
import { isOwnOnly, lookup, lookupOf, namesIn } from '../value/lookup.ts'
import { setOwn } from '../value/map.ts'
import { textOf } from '../value/text.ts'
import { isTrue } from '../value/truth.ts'
import { compileCall, compileFilter, compileTest } from './call.ts'
import type { CompileContext } from './context.ts'
import { constant, located, onAll, onOne } from './evaluator.ts'
import { applyPrefix, concatenate, OPERATIONS } from './operation.ts'
import type { Evaluate, Evaluator, Rendering } from './rendering.ts'
import { after, guarded } from './waiting.ts'

/** Compiles an expression whose value must be there: a missing variable or attribute fails the template. */
export function compileExpression(expression: Expression, context: CompileContext): Evaluator {
  switch (expression.type) {
    case 'literal':
      return constant(expression.value)
    case 'name':
      return compileName(expression, context)
    case 'attribute':
    case 'subscript':
      return compileAccess(expression, context)
    case 'list':
      return compileList(expression.items, context)
    case 'map':
      return compileMap(expression.entries, context)
    case 'interpolation':
      return compileInterpolation(expression, context)
    case 'prefix': {
      const { operator } = expression
      return located(
        onOne(compileExpression(expression.operand, context), (value) => applyPrefix(operator, value)),
        expression,
        context,
      )
    }
    case 'binary':
      return compileBinary(expression, context)
    case 'conditional':
      return compileConditional(expression, context, compileExpression)
    case 'filter':
      return compileFilter(expression.input, expression.filter, context)
    case 'test':
      return compileTest(expression, context)
    case 'call':
      return compileCall(expression, context)
    default:
      return expression satisfies never
  }
}

/**
 * Compiles an expression that may be missing: it gives undefined then. For `??`, `???`, `is defined` and the filter
 * `default`. A missing name deep inside, as in `fromJson(inputs.absent).x`, counts as well.
 */
export function compileOptional(expression: Expression, context: CompileContext): Evaluator {
  switch (expression.type) {
    case 'name':
      return expression.name === 'raise'
        ? compileName(expression, context)
        : compileOptionalName(expression.name, context)
    case 'attribute':
      return compileOptionalAccess(compileOptional(expression.object, context), constant(expression.name))
    case 'subscript':
      return compileOptionalAccess(
        compileOptional(expression.object, context),
        compileOptional(expression.key, context),
      )
    case 'conditional':
      return compileConditional(expression, context, compileOptional)
    case 'literal':
      return constant(expression.value)
    default: {
      const { evaluate, mayWait } = compileExpression(expression, context)
      return { evaluate: (run) => guarded(() => evaluate(run), undefinedIfMissing), mayWait }
    }
  }
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof ExpressionError && error.code === 'EXPRESSION_UNDEFINED') return undefined
  throw error
}

function compileOptionalName(name: string, context: CompileContext): Evaluator {
  const slots = context.names.resolve(name)
  const [slot] = slots
  if (slot === undefined) {
    return { evaluate: readVariable(name), mayWait: false }
  }
  if (slots.length === 1) {
    return {
      evaluate: (run) => {
        const value = run.frame[slot]
        return value === undefined ? run.variable(name) : value
      },
      mayWait: false,
    }
  }
  return {
    evaluate: (run) => {
      for (const candidate of slots) {
        const value = run.frame[candidate]
        if (value !== undefined) return value
      }
      return run.variable(name)
    },
    mayWait: false,
  }
}

function readVariable(name: string): Evaluate {
  const isOwn = isOwnOnly(name)
  return (run) => {
    const { direct } = run
    const value = direct !== undefined && isOwn ? direct[name] : run.variable(name)
    return typeof value === 'function' ? undefined : value
  }
}

function compileName(expression: Expression & { readonly type: 'name' }, context: CompileContext): Evaluator {
  const { name } = expression
  const { evaluate } = compileOptionalName(name, context)
  const locals = [...context.names.visible().keys()]
  const missing = (run: Rendering): never => {
    throw context.locate(missingVariable(name, locals, run), expression)
  }
  if (context.names.resolve(name).length === 0) {
    const isOwn = isOwnOnly(name)
    return {
      evaluate: (run) => {
        const { direct } = run
        const value = direct !== undefined && isOwn ? direct[name] : run.variable(name)
        return value === undefined || typeof value === 'function' ? missing(run) : value
      },
      mayWait: false,
    }
  }
  return {
    evaluate: (run) => {
      const value = evaluate(run)
      return value === undefined ? missing(run) : value
    },
    mayWait: false,
  }
}

function missingVariable(name: string, locals: readonly string[], run: Rendering): ExpressionError {
  if (name === 'raise') {
    return new ExpressionError(
      'EXPRESSION_RAISED',
      'A required value is missing: everything before "raise" is.',
    )
  }
  const names = [...new Set([...locals, ...(run.overlay?.keys() ?? []), ...Object.keys(run.variables)])]
  const hint = nameHint(name, names, 'the variables')
  return new ExpressionError('EXPRESSION_UNDEFINED', `The variable "${name}" is undefined.`, { hint })
}

type Access = Expression & { readonly type: 'attribute' | 'subscript' }

function compileOptionalAccess(object: Evaluator, key: Evaluator): Evaluator {
  return onAll([object, key], ([owner, wanted]) => (wanted === undefined ? undefined : lookup(owner, wanted)))
}

function compileAccess(expression: Access, context: CompileContext): Evaluator {
  const object = compileExpression(expression.object, context)
  if (expression.type === 'attribute') {
    const { name } = expression
    const find = lookupOf(name)
    return onOne(object, (owner) => {
      const value = find(owner)
      if (value === undefined)
        throw context.locate(missingAttribute(expression, owner, name, context), expression)
      return value
    })
  }
  const key = compileExpression(expression.key, context)
  return onAll([object, key], ([owner, wanted], run) => {
    const value = lookup(owner, wanted)
    if (value === undefined) {
      throw context.locate(missingAttribute(expression, owner, textOf(wanted, run), context), expression)
    }
    return value
  })
}

function missingAttribute(
  expression: Access,
  owner: unknown,
  key: string,
  context: CompileContext,
): ExpressionError {
  const { start, end } = expression.object
  const written = context.text.slice(start, end)
  if (owner === null) {
    return new ExpressionError('EXPRESSION_UNDEFINED', `"${key}" is undefined because ${written} is null.`, {
      hint: `Give a fallback with ??, as in ${written}.${key} ?? "none".`,
    })
  }
  if (Array.isArray(owner)) {
    return new ExpressionError('EXPRESSION_UNDEFINED', `${written} has no item ${key}.`, {
      hint: owner.length === 0 ? 'It is empty.' : `It has the items 0 to ${owner.length - 1}.`,
    })
  }
  const hint = nameHint(key, namesIn(owner), `in ${written}`)
  return new ExpressionError('EXPRESSION_UNDEFINED', `"${key}" is undefined in ${written}.`, { hint })
}

function compileList(items: readonly Expression[], context: CompileContext): Evaluator {
  return onAll(
    items.map((item) => compileExpression(item, context)),
    (values) => values,
  )
}

function compileMap(
  entries: readonly (readonly [Expression, Expression])[],
  context: CompileContext,
): Evaluator {
  const children = entries.flat().map((child) => compileExpression(child, context))
  return onAll(children, (values, run) => {
    const map: Record<string, unknown> = {}
    for (let index = 0; index < values.length; index += 2) {
      setOwn(map, textOf(values[index], run), values[index + 1])
    }
    return map
  })
}

function compileInterpolation(
  expression: Expression & { readonly type: 'interpolation' },
  context: CompileContext,
): Evaluator {
  const parts = expression.parts.map((part) => compileExpression(part, context))
  const join = onAll(parts, (values, run) => {
    let text = ''
    for (const value of values) text = concatenate(text, textOf(value, run), run)
    return text
  })
  return located(join, expression, context)
}

function compileBinary(
  expression: Expression & { readonly type: 'binary' },
  context: CompileContext,
): Evaluator {
  const { operator } = expression
  if (operator === '??' || operator === '???') return compileCoalescing(expression, context)
  const left = compileExpression(expression.left, context)
  const right = compileExpression(expression.right, context)
  const mayWait = left.mayWait || right.mayWait
  if (operator === 'and' || operator === 'or') {
    const decided = operator === 'or'
    if (!mayWait) {
      return {
        evaluate: (run) => (isTrue(left.evaluate(run)) === decided ? decided : isTrue(right.evaluate(run))),
        mayWait,
      }
    }
    return {
      evaluate: (run) =>
        after(left.evaluate(run), (value) =>
          isTrue(value) === decided ? decided : after(right.evaluate(run), isTrue),
        ),
      mayWait,
    }
  }
  const compute = OPERATIONS[operator]
  if (mayWait) {
    return located(
      onAll([left, right], ([a, b], run) => compute(a, b, run)),
      expression,
      context,
    )
  }
  const leftValue = left.evaluate
  const rightValue = right.evaluate
  return {
    evaluate: (run) => {
      const a = leftValue(run)
      const b = rightValue(run)
      try {
        return compute(a, b, run)
      } catch (error) {
        throw context.locate(error, expression)
      }
    },
    mayWait,
  }
}

function compileCoalescing(
  expression: Expression & { readonly type: 'binary' },
  context: CompileContext,
): Evaluator {
  const left = compileOptional(expression.left, context)
  const right = compileExpression(expression.right, context)
  const keepsNull = expression.operator === '???'
  const choose = (value: unknown, run: Rendering): unknown =>
    value === undefined || (value === null && !keepsNull) ? right.evaluate(run) : value
  return { ...onOne(left, choose), mayWait: left.mayWait || right.mayWait }
}

function compileConditional(
  expression: Expression & { readonly type: 'conditional' },
  context: CompileContext,
  compileResult: (result: Expression, context: CompileContext) => Evaluator,
): Evaluator {
  const condition = compileExpression(expression.condition, context)
  const whenTrue = compileResult(expression.whenTrue, context)
  const whenFalse = compileResult(expression.whenFalse, context)
  const choose = (value: unknown, run: Rendering): unknown =>
    (isTrue(value) ? whenTrue : whenFalse).evaluate(run)
  return { ...onOne(condition, choose), mayWait: condition.mayWait || whenTrue.mayWait || whenFalse.mayWait }
}
