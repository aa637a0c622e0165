export type { ScaffoldAnswers } from './answers.ts'
export { type ScaffoldOptions, scaffoldPlugin } from './scaffold-plugin.ts'
