import { CORE_ERRORS, type ErrorTraits } from '@pinion/core/errors'
import { EXECUTION_ERRORS } from '@pinion/core/execution'
import { EXPRESSION_ERRORS } from '@pinion/core/expression'
import { FLOW_ERRORS, FLOW_PROBLEMS } from '@pinion/core/flow'
import { IDENTITY_ERRORS } from '@pinion/core/identity'
import { NAMESPACE_ERRORS } from '@pinion/core/namespace'
import { PLUGIN_ERRORS } from '@pinion/core/plugin'
import { RUNTIME_ERRORS } from '@pinion/core/runtime'
import { STORAGE_ERRORS } from '@pinion/core/storage'
import { STORE_ERRORS } from '@pinion/core/store'
import { BUILD_FAULTS, SDK_ERRORS } from '@pinion/plugin-sdk/build'
import { REGISTRY_ERRORS, REGISTRY_REFUSALS } from '@pinion/registry'
import { SERVER_ERRORS } from '@pinion/server'
import { PACK_ERRORS } from '../build/index.ts'

/** One table of codes, as its room's door gives it. */
export interface ErrorTable {
  readonly room: string
  readonly name: string
  readonly codes: Readonly<Record<string, ErrorTraits>>
}

/** Every table of codes that there is; `errors.test.ts` finds one that was left out. */
export const ERROR_TABLES: readonly ErrorTable[] = [
  { room: 'core/errors', name: 'CORE_ERRORS', codes: CORE_ERRORS },
  { room: 'core/flow', name: 'FLOW_ERRORS', codes: FLOW_ERRORS },
  { room: 'core/flow', name: 'FLOW_PROBLEMS', codes: FLOW_PROBLEMS },
  { room: 'core/expression', name: 'EXPRESSION_ERRORS', codes: EXPRESSION_ERRORS },
  { room: 'core/execution', name: 'EXECUTION_ERRORS', codes: EXECUTION_ERRORS },
  { room: 'core/plugin', name: 'PLUGIN_ERRORS', codes: PLUGIN_ERRORS },
  { room: 'core/runtime', name: 'RUNTIME_ERRORS', codes: RUNTIME_ERRORS },
  { room: 'core/storage', name: 'STORAGE_ERRORS', codes: STORAGE_ERRORS },
  { room: 'core/store', name: 'STORE_ERRORS', codes: STORE_ERRORS },
  { room: 'core/identity', name: 'IDENTITY_ERRORS', codes: IDENTITY_ERRORS },
  { room: 'core/namespace', name: 'NAMESPACE_ERRORS', codes: NAMESPACE_ERRORS },
  { room: 'server', name: 'SERVER_ERRORS', codes: SERVER_ERRORS },
  { room: 'registry', name: 'REGISTRY_ERRORS', codes: REGISTRY_ERRORS },
  { room: 'registry', name: 'REGISTRY_REFUSALS', codes: REGISTRY_REFUSALS },
  { room: 'plugin-sdk', name: 'SDK_ERRORS', codes: SDK_ERRORS },
  { room: 'plugin-sdk', name: 'BUILD_FAULTS', codes: BUILD_FAULTS },
  { room: 'tools/build', name: 'PACK_ERRORS', codes: PACK_ERRORS },
]
