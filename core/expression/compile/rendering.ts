import { ExpressionError } from '../errors.ts'
import type { Call } from '../reference/definition.ts'
import type { ExpressionServices, Scope } from '../scope.ts'
import type { Parameter } from '../syntax/tree.ts'
import { isOrdinary, ownValue } from '../value/lookup.ts'
import { setOwn } from '../value/map.ts'
import { Budget } from './budget.ts'
import { after, guarded } from './waiting.ts'

/** Computes an expression's value. Undefined only where a missing value is allowed. */
export type Evaluate = (run: Rendering) => unknown

/** Runs a statement; its output goes to the rendering. */
export type Execute = (run: Rendering) => void | Promise<void>

/** A compiled expression. `mayWait`: whether `evaluate` may give a promise. */
export interface Evaluator {
  readonly evaluate: Evaluate
  readonly mayWait: boolean
  /** There only for what is always the same. */
  readonly constant?: unknown
}

/** A compiled statement. `weight`: units of work that one execution costs at least. */
export interface Executor {
  readonly execute: Execute
  readonly mayWait: boolean
  readonly weight: number
}

/** A body with local variables of its own. */
export interface BlockUnit extends Executor {
  newFrame(): unknown[]
}

export interface MacroUnit extends BlockUnit {
  readonly name: string
  readonly parameters: readonly Parameter[]
  /** Slot and default of each parameter, in order. */
  readonly slots: readonly { readonly slot: number; readonly defaultValue: Evaluator | undefined }[]
}

/** Reads all local variables visible at one place of a template, together with those of the units around. */
export type ReadLocals = (run: Rendering) => ReadonlyMap<string, unknown> | undefined

/** A compiled template: what one cached text becomes. */
export interface Program {
  readonly main: BlockUnit
  readonly blocks: ReadonlyMap<string, BlockUnit>
  readonly macros: ReadonlyMap<string, MacroUnit>
  /** Loads the template that this one extends. */
  readonly loadParent: ((run: Rendering) => Program | Promise<Program>) | undefined
  readonly locals: ReadLocals
  /** The expression of a template that is one print and white space around it; its value keeps its type. */
  readonly single: Evaluator | undefined
}

/** Compiles and renders templates that only show up while rendering; handed in, so that there is no import cycle. */
export interface NestedTemplates {
  compile(text: string): Program
  renderText(text: string, run: Rendering): string | Promise<string>
}

/** A block that may be printed, with the ones it overrides behind it. */
export interface BlockLayer {
  readonly unit: BlockUnit
  readonly overridden: BlockLayer | undefined
}

/**
 * One run of one unit (a template, macro or block): its local variables, its output, and what it sees around it. Nested
 * runs share the budget. Slots of `frame` hold local variables; undefined means not set.
 */
export class Rendering implements Call {
  readonly variables: Readonly<Record<string, unknown>>
  readonly services: ExpressionServices
  readonly budget: Budget
  readonly nested: NestedTemplates
  frame: unknown[]
  /** The variables where nothing hides them and they are an ordinary object: checked here once for all look-ups. */
  readonly direct: Readonly<Record<string, unknown>> | undefined
  output = ''
  /** Local variables of the units around, by name; they hide `variables`. */
  readonly overlay: ReadonlyMap<string, unknown> | undefined
  blocks: ReadonlyMap<string, BlockLayer> | undefined
  currentBlock: BlockLayer | undefined
  /** Macros brought in by `import` and `from`, by the name they are called with. */
  imported: Map<string, MacroUnit> | undefined

  constructor(
    scope: Scope,
    budget: Budget,
    nested: NestedTemplates,
    frame: unknown[],
    overlay?: ReadonlyMap<string, unknown>,
  ) {
    this.variables = scope.variables
    this.overlay = overlay
    this.direct = overlay === undefined && isOrdinary(scope.variables) ? scope.variables : undefined
    this.services = scope.services
    this.budget = budget
    this.nested = nested
    this.frame = frame
  }

  static begin(scope: Scope, nested: NestedTemplates, frame: unknown[]): Rendering {
    return new Rendering(scope, new Budget(), nested, frame)
  }

  /** A run that sees what this one sees, with locals and output of its own. */
  inner(frame: unknown[], overlay = this.overlay, variables = this.variables): Rendering {
    const run = new Rendering(
      { variables, services: this.services },
      this.budget,
      this.nested,
      frame,
      overlay,
    )
    run.blocks = this.blocks
    run.currentBlock = this.currentBlock
    run.imported = this.imported
    return run
  }

  /** Runs something that counts as a nested call. */
  nestedCall<T>(step: () => T | Promise<T>): T | Promise<T> {
    this.budget.enter()
    const leave = <R>(value: R): R => {
      this.budget.leave()
      return value
    }
    return after(
      guarded(step, (error) => {
        this.budget.leave()
        throw error
      }),
      leave,
    )
  }

  charge(units: number): void {
    this.budget.charge(units)
  }

  countServiceCall(): void {
    this.budget.countServiceCall()
  }

  variable(name: string): unknown {
    const local = this.overlay?.get(name)
    return local === undefined ? ownValue(this.variables, name) : local
  }

  allVariables(): Readonly<Record<string, unknown>> {
    if (this.overlay === undefined) return this.variables
    const all: Record<string, unknown> = { ...this.variables }
    for (const [name, value] of this.overlay) setOwn(all, name, value)
    return all
  }

  renderText(text: string): string | Promise<string> {
    return this.nestedCall(() => this.nested.renderText(text, this))
  }

  renderBlock(name: string): string | Promise<string> {
    const layer = this.blocks?.get(name)
    if (layer === undefined) {
      throw new ExpressionError('EXPRESSION_UNDEFINED', `There is no block "${name}".`)
    }
    return this.renderLayer(layer)
  }

  renderParentBlock(): string | Promise<string> {
    if (this.currentBlock === undefined) {
      throw new ExpressionError('EXPRESSION_VALUE', 'parent() stands outside of a block.')
    }
    const { overridden } = this.currentBlock
    return overridden === undefined ? '' : this.renderLayer(overridden)
  }

  renderLayer(layer: BlockLayer): string | Promise<string> {
    return this.nestedCall(() => {
      const run = this.inner(layer.unit.newFrame())
      run.currentBlock = layer
      return after(layer.unit.execute(run), () => run.output)
    })
  }
}
