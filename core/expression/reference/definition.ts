import type { ExpressionServices } from '../scope.ts'
import type { Meter } from '../value/meter.ts'

/** What a function, filter or test may use while it runs. Handed to each call; nothing else is in reach. */
export interface Call extends Meter {
  readonly services: ExpressionServices
  /** The variable of that name as seen from the call, undefined when there is none. */
  variable(name: string): unknown
  /** All variables as seen from the call. */
  allVariables(): Readonly<Record<string, unknown>>
  /** Renders a text as a template that sees the same variables, within the same bounds. */
  renderText(text: string): string | Promise<string>
  /** Renders the named block of the template. */
  renderBlock(name: string): string | Promise<string>
  /** Renders the block that the current one overrides. */
  renderParentBlock(): string | Promise<string>
  /** Notes one call of a service, to bound their number. @throws ExpressionError `EXPRESSION_LIMIT` */
  countServiceCall(): void
}

export interface ParameterDefinition {
  readonly name: string
  /** In words: `text`, `integer`, `any`. */
  readonly type: string
  readonly summary: string
  readonly isOptional?: boolean
  /** The default in words, where there is one. */
  readonly default?: string
}

/** `output` is exact, and tested; absent where it depends on time, chance or outside data. */
export interface Example {
  readonly template: string
  readonly output?: string
}

interface Definition {
  readonly name: string
  /** Older or reference-internal names that work as well. */
  readonly aliases?: readonly string[]
  readonly group: string
  readonly summary: string
  readonly parameters: readonly ParameterDefinition[]
  /** True: the last parameter takes any number of arguments. */
  readonly isVariadic?: boolean
  readonly examples: readonly Example[]
}

export interface FilterDefinition extends Definition {
  /** False (the default): null passes through unfiltered. True: the filter sees null. */
  readonly acceptsNull?: boolean
  /** True: a missing input arrives as null instead of failing the template. */
  readonly acceptsMissing?: boolean
  readonly apply: (input: unknown, args: readonly unknown[], call: Call) => unknown
}

export interface FunctionDefinition extends Definition {
  /** True: may give a promise. Templates without such functions are compiled to code that never waits. */
  readonly mayWait?: boolean
  /** True: looks at all variables, those that the template has set included. */
  readonly seesVariables?: boolean
  readonly call: (args: readonly unknown[], call: Call) => unknown
}

export interface TestDefinition extends Definition {
  /** True: a missing operand arrives as undefined instead of failing the template. */
  readonly acceptsMissing?: boolean
  readonly holds: (value: unknown, args: readonly unknown[], call: Call) => boolean
}
