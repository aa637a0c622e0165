export { compileTemplate, isTemplate } from './compile/template.ts'
export { compileValue } from './compile/value.ts'
export type { CompiledTemplate, CompiledValue } from './compiled.ts'
export { debugServices } from './debug-services.ts'
export { checkTemplate } from './editor/check.ts'
export { type Completion, completeExpression } from './editor/complete.ts'
export { listExpressionReference, type ReferenceEntry, type ReferenceKind } from './editor/reference-list.ts'
export {
  EXPRESSION_ERRORS,
  ExpressionError,
  type ExpressionErrorCode,
  type TemplatePlace,
  type TemplateProblem,
} from './errors.ts'
export type { ExpressionServices, Scope } from './scope.ts'
export { maskSecrets } from './secret-mask.ts'
