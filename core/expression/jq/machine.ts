import { MAX_ITEMS, MAX_JQ_DEPTH, MAX_JQ_STEPS, MAX_TEXT_LENGTH, WORK_PER_JQ_STEP } from '../limits.ts'
import { isPlainObject } from '../value/kind.ts'
import { setOwn } from '../value/map.ts'
import type { Meter } from '../value/meter.ts'
import { isNumeric, negated } from '../value/number.ts'
import { applyFormat } from './format.ts'
import { JqBreak, JqError, jqLimit } from './jq-error.ts'
import { deletePaths, getKey, getPath, type JqPath, setPath } from './path.ts'
import type { JqAssignment, JqDefinition, JqNode, JqOperator, JqPattern } from './tree.ts'
import { describe, isTruthy, operate, plain, typeOf } from './value.ts'

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
export type Native = (machine: JqMachine, item: Item, args: readonly Closure[]) => Iterable<Item>

/** Runs programs by generators: results are made one at a time, as far as they are asked for. */
export class JqMachine implements Meter {
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
        yield* this.#text(node.parts, node.format, env, item)
        return
      case 'format':
        yield fresh(applyFormat(node.name, item.value, this))
        return
      case 'variable':
        yield fresh(this.#variable(node.name, env))
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
        yield* this.#assign(node.operator, node.target, node.value, env, item)
        return
      case 'list':
        yield fresh(node.body === undefined ? [] : this.collect(node.body, env, item))
        return
      case 'map':
        for (const map of this.#maps(node.entries, 0, env, item)) yield fresh(map)
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
        yield* this.#reduce(node, env, item)
        return
      case 'foreach':
        yield* this.#foreach(node, env, item)
        return
      case 'bind':
        for (const value of this.values(node.source, env, item)) {
          yield* this.#bound(node.patterns, value, env, item, (inner) => this.run(node.body, inner, item))
        }
        return
      case 'label':
        yield* this.#label(node.name, node.body, env, item)
        return
      case 'break':
        throw new JqBreak(this.#labelOf(node.name, env))
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

  *#text(
    parts: readonly (string | JqNode)[],
    format: string | undefined,
    env: Env | undefined,
    item: Item,
    from = 0,
  ): Items {
    const part = parts[from]
    if (part === undefined) {
      yield fresh('')
      return
    }
    for (const rest of this.#text(parts, format, env, item, from + 1)) {
      const pieces = typeof part === 'string' ? [part] : this.values(part, env, item)
      for (const piece of pieces) {
        const text = typeof part === 'string' ? part : applyFormat(format ?? '@text', piece, this)
        const whole = text + String(rest.value)
        this.charge(whole.length >> 6)
        if (whole.length > MAX_TEXT_LENGTH) throw jqLimit('makes a text that is too long')
        yield fresh(whole)
      }
    }
  }

  #variable(name: string, env: Env | undefined): unknown {
    for (let frame = env; frame !== undefined; frame = frame.outer) {
      if (frame.type === 'variable' && frame.name === name) return frame.value
    }
    // The platform's environment is nothing that a program may see.
    if (name === 'ENV') return {}
    throw new JqError(`$${name} is not defined`)
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

  *#assign(operator: JqAssignment, target: JqNode, value: JqNode, env: Env | undefined, item: Item): Items {
    const paths = [...this.paths({ body: target, env }, item.value)]
    if (operator === '|=') {
      yield fresh(this.update(item.value, paths, (before) => this.#first({ body: value, env }, before)))
      return
    }
    for (const right of this.values(value, env, item)) {
      yield fresh(
        this.update(item.value, paths, (before) => {
          if (operator === '=') return { value: right }
          if (operator === '//=') return { value: isTruthy(before) ? before : right }
          return { value: operate(updateOperator(operator), before, right, this) }
        }),
      )
    }
  }

  /** Changes what stands at each path; no result takes it away. */
  update(
    value: unknown,
    paths: readonly JqPath[],
    change: (before: unknown) => { readonly value: unknown } | undefined,
  ): unknown {
    let result = value
    const removed: JqPath[] = []
    for (const path of paths) {
      const after = change(getPath(result, path, this))
      if (after === undefined) removed.push(path)
      else result = setPath(result, path, after.value, this)
    }
    return removed.length === 0 ? result : deletePaths(result, removed, this)
  }

  #first(closure: Closure, value: unknown): { readonly value: unknown } | undefined {
    for (const result of this.applyValues(closure, fresh(value))) return { value: result }
    return undefined
  }

  *#maps(
    entries: readonly (readonly [JqNode, JqNode])[],
    from: number,
    env: Env | undefined,
    item: Item,
  ): Generator<Record<string, unknown>, void, undefined> {
    const entry = entries[from]
    if (entry === undefined) {
      yield {}
      return
    }
    const [keyNode, valueNode] = entry
    for (const key of this.values(keyNode, env, item)) {
      if (typeof key !== 'string') throw new JqError(`Object keys must be strings, not ${typeOf(key)}`)
      for (const value of this.values(valueNode, env, item)) {
        for (const rest of this.#maps(entries, from + 1, env, item)) {
          const map: Record<string, unknown> = {}
          setOwn(map, key, value)
          for (const [name, other] of Object.entries(rest)) setOwn(map, name, other)
          this.charge(1)
          yield map
        }
      }
    }
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

  *#reduce(node: JqNode & { readonly type: 'reduce' }, env: Env | undefined, item: Item): Items {
    for (const start of this.values(node.start, env, item)) {
      let state: unknown = start
      for (const value of this.values(node.source, env, item)) {
        let last: unknown = null
        const updates = this.#bound(node.patterns, value, env, item, (inner) =>
          this.run(node.update, inner, fresh(state)),
        )
        for (const result of updates) last = result.value
        state = last
      }
      yield fresh(state)
    }
  }

  *#foreach(node: JqNode & { readonly type: 'foreach' }, env: Env | undefined, item: Item): Items {
    for (const start of this.values(node.start, env, item)) {
      const state = { value: start }
      for (const value of this.values(node.source, env, item)) {
        yield* this.#bound(node.patterns, value, env, item, (inner) => this.#foreachStep(node, state, inner))
      }
    }
  }

  *#foreachStep(
    node: JqNode & { readonly type: 'foreach' },
    state: { value: unknown },
    env: Env | undefined,
  ): Items {
    for (const result of this.run(node.update, env, fresh(state.value))) {
      state.value = result.value
      if (node.extract === undefined) yield fresh(result.value)
      else yield* this.run(node.extract, env, fresh(result.value))
    }
  }

  /** Runs a body with the names of a pattern bound; `?//` goes on to the next pattern after an error. */
  *#bound(
    patterns: readonly JqPattern[],
    value: unknown,
    env: Env | undefined,
    item: Item,
    body: (env: Env | undefined) => Items,
  ): Items {
    const names = patterns.length > 1 ? patterns.flatMap(namesOf) : []
    const base = names.reduce<Env | undefined>(
      (outer, name) => ({ type: 'variable', name, value: null, outer }),
      env,
    )
    for (const [index, pattern] of patterns.entries()) {
      try {
        for (const bound of this.#bindings(pattern, value, base, item)) yield* body(bound)
        return
      } catch (error) {
        if (!(error instanceof JqError) || index === patterns.length - 1) throw error
      }
    }
  }

  *#bindings(
    pattern: JqPattern,
    value: unknown,
    env: Env | undefined,
    item: Item,
  ): Generator<Env | undefined> {
    if (pattern.type === 'variable') {
      yield { type: 'variable', name: pattern.name, value, outer: env }
    } else if (pattern.type === 'list') {
      yield* this.#listBindings(pattern.items, 0, value, env, item)
    } else yield* this.#mapBindings(pattern.entries, 0, value, env, item)
  }

  *#listBindings(
    items: readonly JqPattern[],
    from: number,
    value: unknown,
    env: Env | undefined,
    item: Item,
  ): Generator<Env | undefined> {
    const pattern = items[from]
    if (pattern === undefined) {
      yield env
      return
    }
    for (const bound of this.#bindings(pattern, getKey(value, from, this), env, item)) {
      yield* this.#listBindings(items, from + 1, value, bound, item)
    }
  }

  *#mapBindings(
    entries: (JqPattern & { readonly type: 'map' })['entries'],
    from: number,
    value: unknown,
    env: Env | undefined,
    item: Item,
  ): Generator<Env | undefined> {
    const entry = entries[from]
    if (entry === undefined) {
      yield env
      return
    }
    for (const key of this.values(entry.key, env, item)) {
      const inner = getKey(value, key, this)
      const named: Env | undefined =
        entry.variable === undefined
          ? env
          : { type: 'variable', name: entry.variable, value: inner, outer: env }
      const bindings =
        entry.pattern === undefined ? [named] : this.#bindings(entry.pattern, inner, named, item)
      for (const bound of bindings) yield* this.#mapBindings(entries, from + 1, value, bound, item)
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

  #labelOf(name: string, env: Env | undefined): object {
    for (let frame = env; frame !== undefined; frame = frame.outer) {
      if (frame.type === 'label' && frame.name === name) return frame.label
    }
    throw new JqError(`$*label-${name} is not defined`)
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

export function fresh(value: unknown): Item {
  return { value: value ?? null, path: undefined }
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

function namesOf(pattern: JqPattern): string[] {
  if (pattern.type === 'variable') return [pattern.name]
  if (pattern.type === 'list') return pattern.items.flatMap(namesOf)
  return pattern.entries.flatMap((entry) => [
    ...(entry.variable === undefined ? [] : [entry.variable]),
    ...(entry.pattern === undefined ? [] : namesOf(entry.pattern)),
  ])
}
