/** Characters. */
export const MAX_DESCRIPTION_LENGTH = 32_768
/** Characters of the JSON text of a namespace's variables, and of its plugin defaults. */
export const MAX_JSON_LENGTH = 1_048_576
/** Plugin defaults of one namespace: each is held against each plugin of each flow. */
export const MAX_PLUGIN_DEFAULTS = 200
/** Namespaces whose inherited defaults are kept in memory. */
export const MAX_CACHED_NAMESPACES = 5_000
