import type { AuthoredKind } from '../schema/index.ts'

/**
 * Properties that the platform gives to every task or trigger (reference: workflow components, tasks and
 * triggers). A plugin's schema does not declare them; an example may use them.
 */
export const PLATFORM_PROPERTIES = {
  task: new Set([
    'allowFailure',
    'allowWarning',
    'assets',
    'description',
    'disabled',
    'id',
    'logLevel',
    'logToFile',
    'retry',
    'runIf',
    'taskCache',
    'timeout',
    'type',
    'version',
    'workerGroup',
  ]),
  trigger: new Set([
    'allowConcurrent',
    'assets',
    'conditions',
    'description',
    'disabled',
    'failOnTriggerError',
    'id',
    'inputs',
    'interval',
    'labels',
    'logLevel',
    'logToFile',
    'stopAfter',
    'type',
    'version',
    'when',
    'workerGroup',
  ]),
} as const satisfies Record<AuthoredKind, ReadonlySet<string>>
