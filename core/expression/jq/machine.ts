import { MAX_ITEMS, MAX_JQ_DEPTH, MAX_JQ_STEPS, WORK_PER_JQ_STEP } from '../limits.ts'
import { isPlainObject } from '../value/kind.ts'
import type { Meter } from '../value/meter.ts'
import { isNumeric, negated } from '../value/number.ts'
import { assign } from './assignment.ts'
import { bound } from './bindings.ts'
import { maps, texts } from './construction.ts'
import { labelOf, variableOf } from './environment.ts'
import {
  type Closure,
  type Env,
  fresh,
  type Item,
  type Items,
  type JqEvaluation,
  type Native,
} from './evaluation.ts'
import { foreach, reduce } from './fold.ts'
import { applyFormat } from './format.ts'
import { JqBreak, JqError, jqLimit } from './jq-error.ts'
import { getKey, type JqPath } from './path.ts'
import type { JqDefinition, JqNode } from './tree.ts'
import { describe, isTruthy, operate, plain } from './value.ts'

/** Runs programs by generators: results are made one at a time, as far as they are asked for. */
export class JqMachine implements JqEvaluation {
  readonly #meter: Meter
  readonly #natives: ReadonlyMap<string, Native>
  #steps = MAX_JQ_STEPS
  #depth = 0

  constructor(meter: Meter, natives: ReadonlyMap<string, Native>) {
    this.#meter = meter
    this.#natives = natives
  }

  charge(units: number): void {
    this.#steps -= units
    if (this.#steps < 0) throw jqLimit(`takes more than ${MAX_JQ_STEPS} steps`)
    this.#meter.charge(units * WORK_PER_JQ_STEP)
  }

  *run(node: JqNode, env: Env | undefined, item: Item): Items {
    this.charge(1)
    switch (node.type) {
      case 'identity':
        yield item
        return
      case 'recurse':
        yield* this.#recurse(item)
        return
      case 'literal':
        yield fresh(node.value)
        return
      case 'text':
        yield* texts(this, node.parts, node.format, env, item)
        return
      case 'format':
        yield fresh(applyFormat(node.name, item.value, this))
        return
      case 'variable':
        yield fresh(variableOf(node.name, env))
        return
      case 'index':
        for (const target of this.run(node.target, env, item)) {
          for (const key of this.values(node.key, env, item)) yield this.step(target, key)
        }
        return
      case 'slice':
        yield* this.#slice(node, env, item)
        return
      case 'each':
        for (const target of this.run(node.target, env, item)) yield* this.each(target)
        return
      case 'pipe':
        for (const left of this.run(node.left, env, item)) yield* this.run(node.right, env, left)
        return
      case 'comma':
        yield* this.run(node.left, env, item)
        yield* this.run(node.right, env, item)
        return
      case 'negate':
        for (const value of this.values(node.operand, env, item)) {
          if (!isNumeric(value)) throw new JqError(`${describe(value, this)} cannot be negated`)
          yield fresh(plain(negated(value)))
        }
        return
      case 'binary':
        // The right side is the outer loop, as in jq.
        for (const right of this.values(node.right, env, item)) {
          for (const left of this.values(node.left, env, item))
            yield fresh(operate(node.operator, left, right, this))
        }
        return
      case 'logic':
        yield* this.#logic(node, env, item)
        return
      case 'alternative':
        yield* this.#alternative(node, env, item)
        return
      case 'assign':
        yield* assign(this, node.operator, node.target, node.value, env, item)
        return
      case 'list':
        yield fresh(node.body === undefined ? [] : this.collect(node.body, env, item))
        return
      case 'map':
        for (const map of maps(this, node.entries, 0, env, item)) yield fresh(map)
        return
      case 'if':
        for (const condition of this.values(node.condition, env, item)) {
          const branch = isTruthy(condition) ? node.whenTrue : node.whenFalse
          if (branch === undefined) yield item
          else yield* this.run(branch, env, item)
        }
        return
      case 'try':
        yield* this.#try(node.body, node.handler, env, item)
        return
      case 'reduce':
        yield* reduce(this, node, env, item)
        return
      case 'foreach':
        yield* foreach(this, node, env, item)
        return
      case 'bind':
        for (const value of this.values(node.source, env, item)) {
          yield* bound(this, node.patterns, value, env, item, (inner) => this.run(node.body, inner, item))
        }
        return
      case 'label':
        yield* this.#label(node.name, node.body, env, item)
        return
      case 'break':
        throw new JqBreak(labelOf(node.name, env))
      case 'define':
        yield* this.run(node.body, { type: 'function', definition: node.definition, outer: env }, item)
        return
      case 'call':
        yield* this.#call(node.name, node.args, env, item)
        return
      default:
        node satisfies never
    }
  }

  /** Values only: no path is followed. */
  *values(node: JqNode, env: Env | undefined, item: Item): Generator<unknown, void, undefined> {
    for (const result of this.run(node, env, fresh(item.value))) yield result.value
  }

  *apply(closure: Closure, item: Item): Items {
    yield* this.run(closure.body, closure.env, item)
  }

  *applyValues(closure: Closure, item: Item): Generator<unknown, void, undefined> {
    yield* this.values(closure.body, closure.env, item)
  }

  collect(node: JqNode, env: Env | undefined, item: Item): unknown[] {
    return this.gather(this.values(node, env, item))
  }

  /** All of a sequence as a list, within the bound on lists. */
  gather(values: Iterable<unknown>): unknown[] {
    const list: unknown[] = []
    for (const value of values) {
      if (list.length >= MAX_ITEMS) throw jqLimit('makes a list that is too long')
      list.push(value)
    }
    return list
  }

  step(target: Item, key: unknown): Item {
    const value = getKey(target.value, key, this)
    return { value, path: target.path === undefined ? undefined : [...target.path, key] }
  }

  *each(target: Item): Items {
    const { value } = target
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) yield this.step(target, index)
    } else if (isPlainObject(value)) {
      for (const key of Object.keys(value)) yield this.step(target, key)
    } else throw new JqError(`Cannot iterate over ${describe(value, this)}`)
  }

  /** The paths that a filter follows. */
  *paths(closure: Closure, value: unknown): Generator<JqPath, void, undefined> {
    for (const { path } of this.apply(closure, { value, path: [] })) {
      if (path === undefined) throw new JqError('Invalid path expression')
      yield path
    }
  }

  *#recurse(item: Item): Items {
    const waiting: Item[] = [item]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      this.charge(1)
      yield next
      const isContainer = Array.isArray(next.value) || isPlainObject(next.value)
      if (isContainer) waiting.push(...[...this.each(next)].reverse())
    }
  }

  *#slice(node: JqNode & { readonly type: 'slice' }, env: Env | undefined, item: Item): Items {
    for (const target of this.run(node.target, env, item)) {
      for (const end of node.to === undefined ? [null] : this.values(node.to, env, item)) {
        for (const start of node.from === undefined ? [null] : this.values(node.from, env, item)) {
          if (target.value === null)
            yield { value: null, path: target.path && [...target.path, { start, end }] }
          else yield this.step(target, { start, end })
        }
      }
    }
  }

  *#logic(node: JqNode & { readonly type: 'logic' }, env: Env | undefined, item: Item): Items {
    for (const left of this.values(node.left, env, item)) {
      if (isTruthy(left) === (node.operator === 'or')) yield fresh(node.operator === 'or')
      else for (const right of this.values(node.right, env, item)) yield fresh(isTruthy(right))
    }
  }

  /** `a // b`: the true results of a, errors left out; b if there is none. */
  *#alternative(node: JqNode & { readonly type: 'alternative' }, env: Env | undefined, item: Item): Items {
    let found = false
    try {
      for (const left of this.run(node.left, env, item)) {
        if (!isTruthy(left.value)) continue
        found = true
        yield left
      }
    } catch (error) {
      if (!(error instanceof JqError)) throw error
    }
    if (!found) yield* this.run(node.right, env, item)
  }

  *#try(body: JqNode, handler: JqNode | undefined, env: Env | undefined, item: Item): Items {
    const results = this.run(body, env, item)
    for (;;) {
      let next: IteratorResult<Item, void>
      try {
        next = results.next()
      } catch (error) {
        if (!(error instanceof JqError)) throw error
        if (handler !== undefined) yield* this.run(handler, env, fresh(error.value))
        return
      }
      if (next.done === true) return
      yield next.value
    }
  }

  *#label(name: string, body: JqNode, env: Env | undefined, item: Item): Items {
    const label = {}
    try {
      yield* this.run(body, { type: 'label', name, label, outer: env }, item)
    } catch (error) {
      if (!(error instanceof JqBreak) || error.label !== label) throw error
    }
  }

  *#call(name: string, args: readonly JqNode[], env: Env | undefined, item: Item): Items {
    if (++this.#depth > MAX_JQ_DEPTH) throw jqLimit(`nests deeper than ${MAX_JQ_DEPTH} calls`)
    try {
      for (let frame = env; frame !== undefined; frame = frame.outer) {
        if (frame.type === 'parameter' && frame.name === name && args.length === 0) {
          yield* this.apply(frame.closure, item)
          return
        }
        if (frame.type !== 'function') continue
        const { definition } = frame
        if (definition.name !== name || definition.parameters.length !== args.length) continue
        const closures = args.map((body) => ({ body, env }))
        yield* this.#invoke(definition, closures, 0, frame, item)
        return
      }
      const native = this.#natives.get(`${name}/${args.length}`)
      if (native === undefined) throw new JqError(`${name}/${args.length} is not defined`)
      yield* native(
        this,
        item,
        args.map((body) => ({ body, env })),
      )
    } finally {
      this.#depth--
    }
  }

  /** Binds the arguments one by one: filters as they are, `$name` to each of its values. */
  *#invoke(definition: JqDefinition, args: readonly Closure[], from: number, env: Env, item: Item): Items {
    const parameter = definition.parameters[from]
    const closure = args[from]
    if (parameter === undefined || closure === undefined) {
      yield* this.run(definition.body, env, item)
      return
    }
    if (!parameter.startsWith('$')) {
      const inner: Env = { type: 'parameter', name: parameter, closure, outer: env }
      yield* this.#invoke(definition, args, from + 1, inner, item)
      return
    }
    const name = parameter.slice(1)
    for (const value of this.applyValues(closure, item)) {
      const asFilter: Env = {
        type: 'parameter',
        name,
        closure: { body: { type: 'literal', value }, env: undefined },
        outer: env,
      }
      yield* this.#invoke(
        definition,
        args,
        from + 1,
        { type: 'variable', name, value, outer: asFilter },
        item,
      )
    }
  }
}
