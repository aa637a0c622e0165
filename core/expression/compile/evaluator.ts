import type { Span } from '../syntax/tree.ts'
import type { CompileContext } from './context.ts'
import type { Evaluate, Evaluator, Rendering } from './rendering.ts'
import { after, collect, guarded } from './waiting.ts'

/** Adds the place to whatever an evaluation throws. */
export function located({ evaluate, mayWait }: Evaluator, span: Span, context: CompileContext): Evaluator {
  const fail = (error: unknown): never => {
    throw context.locate(error, span)
  }
  if (mayWait) return { evaluate: (run) => guarded(() => evaluate(run), fail), mayWait }
  return {
    evaluate: (run) => {
      try {
        return evaluate(run)
      } catch (error) {
        return fail(error)
      }
    },
    mayWait,
  }
}

/** An evaluator that computes from one child's value. */
export function onOne(child: Evaluator, compute: (value: unknown, run: Rendering) => unknown): Evaluator {
  const { evaluate, mayWait } = child
  return mayWait
    ? { evaluate: (run) => after(evaluate(run), (value) => compute(value, run)), mayWait }
    : { evaluate: (run) => compute(evaluate(run), run), mayWait }
}

/** An evaluator that computes from the values of all children, evaluated in order. */
export function onAll(
  children: readonly Evaluator[],
  compute: (values: readonly unknown[], run: Rendering) => unknown,
): Evaluator {
  const evaluates = children.map((child) => child.evaluate)
  if (!children.some((child) => child.mayWait)) {
    return { evaluate: (run) => compute(evaluateAll(evaluates, run), run), mayWait: false }
  }
  return {
    evaluate: (run) =>
      after(
        collect(evaluates.length, (index) => evaluates[index]?.(run)),
        (values) => compute(values, run),
      ),
    mayWait: true,
  }
}

export function constant(value: unknown): Evaluator {
  return { evaluate: () => value, mayWait: false, constant: value }
}

function evaluateAll(evaluates: readonly Evaluate[], run: Rendering): unknown[] {
  const values: unknown[] = []
  for (const evaluate of evaluates) values.push(evaluate(run))
  return values
}
