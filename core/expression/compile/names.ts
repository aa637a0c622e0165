import type { Body } from '../syntax/tree.ts'

/**
 * Local variables of one unit, each with a slot in its frame. Resolved while compiling, so that reading one is an array
 * access. `set` changes a variable of that name wherever it is visible in the unit, else it makes one in the innermost
 * scope; only loops open scopes, as in Pebble.
 */
export class UnitNames {
  readonly #scopes: Map<string, number>[] = [new Map()]
  #size = 0
  /** Names read in the innermost loops, to leave out `loop` where nothing looks at it. */
  readonly #read: Set<string>[] = [new Set()]

  get frameSize(): number {
    return this.#size
  }

  declare(name: string): number {
    const scope = this.#scopes.at(-1)
    const slot = this.#size++
    scope?.set(name, slot)
    return slot
  }

  /** The slot that `{% set name %}` writes. */
  assign(name: string): number {
    return this.#scopes.findLast((scope) => scope.has(name))?.get(name) ?? this.declare(name)
  }

  /** Slots that may hold the variable, the innermost first. A slot may be unset: the branch that sets it was not taken. */
  resolve(name: string): readonly number[] {
    for (const read of this.#read) read.add(name)
    return this.#scopes.toReversed().flatMap((scope) => scope.get(name) ?? [])
  }

  /** All local names visible here with their slots, outermost scope first. */
  visible(): ReadonlyMap<string, number> {
    for (const read of this.#read) read.add('loop')
    const all = new Map<string, number>()
    for (const scope of this.#scopes) for (const [name, slot] of scope) all.set(name, slot)
    return all
  }

  /** Declares what the body sets itself, so that a loop's later rounds see it from their start. */
  declareSets(body: Body): void {
    for (const statement of body) {
      if (statement.type === 'set') this.assign(statement.variable)
      else if (statement.type === 'if') {
        for (const branch of statement.branches) this.declareSets(branch.body)
        this.declareSets(statement.otherwise)
      } else if (statement.type === 'filtered' || statement.type === 'group') this.declareSets(statement.body)
    }
  }

  /** Compiles something inside a scope of its own. */
  within<T>(step: () => T): {
    readonly result: T
    readonly slots: readonly number[]
    readonly read: Set<string>
  } {
    const scope = new Map<string, number>()
    const read = new Set<string>()
    this.#scopes.push(scope)
    this.#read.push(read)
    const result = step()
    this.#scopes.pop()
    this.#read.pop()
    return { result, slots: [...scope.values()], read }
  }
}
