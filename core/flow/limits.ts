/** Characters of a flow's source. Long scripts belong into namespace files. */
export const MAX_SOURCE_CHARACTERS = 1_048_576
/** Lexical pieces of a source: bounds the parser's time (some 5 µs each), which its size alone does not. */
export const MAX_YAML_TOKENS = 200_000
/** Values of a source once every alias is expanded: bounds what anchors can multiply. */
export const MAX_YAML_NODES = 50_000
/** Collections within collections. */
export const MAX_YAML_DEPTH = 64
/** Documents in one text, such as a body of `POST /flows/validate`. */
export const MAX_YAML_DOCUMENTS = 1_000
/** Problems reported for one flow; what is beyond is counted, not listed. */
export const MAX_PROBLEMS = 200
/** Problems that are looked into at all: placing one walks the source, and a hostile source has one a line. */
export const MAX_COLLECTED_PROBLEMS = 2_000

/** Plugin defaults of one flow: each is held against each plugin. */
export const MAX_PLUGIN_DEFAULTS = 200
/** Ids among which a misspelt one is looked for. */
export const MAX_SUGGESTED_IDS = 500
/** Plugins in one flow, nested ones included. */
export const MAX_PLUGINS = 5_000
/** Compiled flows that a library keeps ready to run. */
export const MAX_PREPARED_FLOWS = 1_000
/** Characters of the sources whose compiled flows are kept, in sum: a compiled flow holds some ten times its source. */
export const MAX_PREPARED_CHARACTERS = 16 * 1_048_576

export const MAX_FLOW_ID_LENGTH = 100
export const MAX_TASK_ID_LENGTH = 250
/** A hundred years: beyond this a duration is a mistake, and milliseconds stay exact. */
export const MAX_DURATION_MS = 100 * 366 * 86_400_000
