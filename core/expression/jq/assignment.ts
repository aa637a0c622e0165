import { type Closure, type Env, fresh, type Item, type Items, type JqEvaluation } from './evaluation.ts'
import { deletePaths, getPath, type JqPath, setPath } from './path.ts'
import type { JqAssignment, JqNode, JqOperator } from './tree.ts'
import { isTruthy, operate } from './value.ts'

/** `target op value`: what stands at each path of the target, changed. */
export function* assign(
  machine: JqEvaluation,
  operator: JqAssignment,
  target: JqNode,
  value: JqNode,
  env: Env | undefined,
  item: Item,
): Items {
  const paths = [...machine.paths({ body: target, env }, item.value)]
  if (operator === '|=') {
    yield fresh(update(machine, item.value, paths, (before) => first(machine, { body: value, env }, before)))
    return
  }
  for (const right of machine.values(value, env, item)) {
    yield fresh(
      update(machine, item.value, paths, (before) => {
        if (operator === '=') return { value: right }
        if (operator === '//=') return { value: isTruthy(before) ? before : right }
        return { value: operate(updateOperator(operator), before, right, machine) }
      }),
    )
  }
}

/** Changes what stands at each path; no result takes it away. */
function update(
  machine: JqEvaluation,
  value: unknown,
  paths: readonly JqPath[],
  change: (before: unknown) => { readonly value: unknown } | undefined,
): unknown {
  let result = value
  const removed: JqPath[] = []
  for (const path of paths) {
    const after = change(getPath(result, path, machine))
    if (after === undefined) removed.push(path)
    else result = setPath(result, path, after.value, machine)
  }
  return removed.length === 0 ? result : deletePaths(result, removed, machine)
}

function first(
  machine: JqEvaluation,
  closure: Closure,
  value: unknown,
): { readonly value: unknown } | undefined {
  for (const result of machine.applyValues(closure, fresh(value))) return { value: result }
  return undefined
}

function updateOperator(operator: Exclude<JqAssignment, '=' | '|=' | '//='>): JqOperator {
  switch (operator) {
    case '+=':
      return '+'
    case '-=':
      return '-'
    case '*=':
      return '*'
    case '/=':
      return '/'
    case '%=':
      return '%'
    default:
      return operator satisfies never
  }
}
