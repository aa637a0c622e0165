const DATE_PART = '(\\d+Y(\\d+M)?(\\d+D)?|\\d+M(\\d+D)?|\\d+D)'
const SECONDS = '\\d+(\\.\\d{1,9})?S'
const TIME_PART = `T(\\d+H(\\d+M)?(${SECONDS})?|\\d+M(${SECONDS})?|${SECONDS})`

/**
 * ISO 8601 durations as flows write them: `PT0.5S`, `P1DT12H`, `P2W`. The `duration` format of JSON Schema (RFC
 * 3339, appendix A) knows no fractions of a second; a plugin's schema with `format: duration` means this pattern.
 * It runs in linear time and is valid for RE2.
 */
export const DURATION_PATTERN = `^P(\\d+W|${DATE_PART}(${TIME_PART})?|${TIME_PART})$`

/** A full type id: dotted names, such as `io.kestra.plugin.core.log.Log`. Case-sensitive. */
export const TYPE_ID_PATTERN = '^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)+$'
/** The group of a plugin: a dotted prefix of its type ids in lower case, such as `io.kestra.plugin.core`. */
export const GROUP_PATTERN = '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+$'

/** The groups of properties in forms and docs, in their order; authors may add their own. */
export const PROPERTY_GROUPS = [
  'main',
  'connection',
  'source',
  'processing',
  'execution',
  'destination',
  'reliability',
  'advanced',
] as const

/** Properties of every task and trigger that belong to the platform; no plugin may declare them. */
export const RESERVED_PROPERTIES = ['id', 'type', 'version'] as const
