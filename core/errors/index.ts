export {
  CORE_ERRORS,
  type ErrorOptions,
  type ErrorPlace,
  type ErrorTraits,
  PinionError,
  type SerializedError,
  serializeError,
} from './pinion-error.ts'
