export { compileTemplate, isTemplate } from './compile/template.ts'
export { compileValue } from './compile/value.ts'
export type { CompiledTemplate, CompiledValue } from './compiled.ts'
export {
  EXPRESSION_ERRORS,
  ExpressionError,
  type ExpressionErrorCode,
  type TemplatePlace,
  type TemplateProblem,
} from './errors.ts'
export type { ExpressionServices, Scope } from './scope.ts'
