export { CatalogWatch } from './catalog-watch.ts'
export { addUsers, type SharedDatabase, storeOptionsOf } from './database.ts'
export {
  type ExecutionSeen,
  readExecution,
  runSaved,
  saveFlow,
  startSaved,
  versionsOf,
  whenExecution,
} from './executions.ts'
export { type HttpAnswer, HttpApi } from './http-api.ts'
export { listAt, textAt, valueAt } from './json-path.ts'
export { publishByApi } from './publish-by-api.ts'
export { type CommandResult, runCommand } from './run-command.ts'
export type { Scene } from './scene.ts'
export { type ServerProcess, type ServerProcessOptions, startServerProcess } from './server-process.ts'
export { Stage, type StageOptions } from './stage.ts'
export { STORY } from './story.ts'
export { silent, type Teller } from './teller.ts'
