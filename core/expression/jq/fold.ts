import { bound } from './bindings.ts'
import { type Env, fresh, type Item, type Items, type JqEvaluation } from './evaluation.ts'
import type { JqNode } from './tree.ts'

export function* reduce(
  machine: JqEvaluation,
  node: JqNode & { readonly type: 'reduce' },
  env: Env | undefined,
  item: Item,
): Items {
  for (const start of machine.values(node.start, env, item)) {
    let state: unknown = start
    for (const value of machine.values(node.source, env, item)) {
      let last: unknown = null
      const updates = bound(machine, node.patterns, value, env, item, (inner) =>
        machine.run(node.update, inner, fresh(state)),
      )
      for (const result of updates) last = result.value
      state = last
    }
    yield fresh(state)
  }
}

export function* foreach(
  machine: JqEvaluation,
  node: JqNode & { readonly type: 'foreach' },
  env: Env | undefined,
  item: Item,
): Items {
  for (const start of machine.values(node.start, env, item)) {
    const state = { value: start }
    for (const value of machine.values(node.source, env, item)) {
      yield* bound(machine, node.patterns, value, env, item, (inner) =>
        foreachStep(machine, node, state, inner),
      )
    }
  }
}

function* foreachStep(
  machine: JqEvaluation,
  node: JqNode & { readonly type: 'foreach' },
  state: { value: unknown },
  env: Env | undefined,
): Items {
  for (const result of machine.run(node.update, env, fresh(state.value))) {
    state.value = result.value
    if (node.extract === undefined) yield fresh(result.value)
    else yield* machine.run(node.extract, env, fresh(result.value))
  }
}
