export type { CompiledTemplate, CompiledValue } from './compiled.ts'
export type { ExpressionServices, Scope } from './scope.ts'
