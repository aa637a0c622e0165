import type { Meter } from '../value/meter.ts'
import type { JqPath } from './path.ts'
import type { JqDefinition, JqNode } from './tree.ts'

/** A value on its way through the program. `path` is kept only while one is asked for (`path(f)`, assignments). */
export interface Item {
  readonly value: unknown
  readonly path: JqPath | undefined
}

export type Items = Generator<Item, void, undefined>

/** A filter given as an argument, with the names that it sees. */
export interface Closure {
  readonly body: JqNode
  readonly env: Env | undefined
}

/** What is in scope: a chain of names, the innermost first. */
export type Env = { readonly outer: Env | undefined } & (
  | { readonly type: 'variable'; readonly name: string; readonly value: unknown }
  | { readonly type: 'label'; readonly name: string; readonly label: object }
  | { readonly type: 'function'; readonly definition: JqDefinition }
  | { readonly type: 'parameter'; readonly name: string; readonly closure: Closure }
)

/** A function that is not written in jq. */
export type Native = (machine: JqEvaluation, item: Item, args: readonly Closure[]) => Iterable<Item>

/** What runs a program, as its parts and the native functions see it. Results are made one at a time, as far as they are asked for. */
export interface JqEvaluation extends Meter {
  run(node: JqNode, env: Env | undefined, item: Item): Items
  /** Values only: no path is followed. */
  values(node: JqNode, env: Env | undefined, item: Item): Generator<unknown, void, undefined>
  apply(closure: Closure, item: Item): Items
  applyValues(closure: Closure, item: Item): Generator<unknown, void, undefined>
  /** Each item of a list or value of a map. */
  each(target: Item): Items
  /** The paths that a filter follows. */
  paths(closure: Closure, value: unknown): Generator<JqPath, void, undefined>
}

export function fresh(value: unknown): Item {
  return { value: value ?? null, path: undefined }
}
