/** Bounds on what a package, a manifest or a request may be. Bytes unless the name says otherwise. */

/** A plugin's tarball, compressed. */
export const MAX_TARBALL_BYTES = 64 * 1024 * 1024
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024
export const MAX_PACKAGE_JSON_BYTES = 1024 * 1024
export const MAX_BUNDLE_BYTES = 32 * 1024 * 1024
export const MAX_SOURCE_MAP_BYTES = 64 * 1024 * 1024

export const MAX_TYPES = 500
export const MAX_SUBGROUPS = 200
export const MAX_GUIDES = 50
export const MAX_EXAMPLES_PER_TYPE = 50
export const MAX_METRICS_PER_TYPE = 100
export const MAX_ALIASES_PER_TYPE = 50
export const MAX_CATEGORIES = 20
export const MAX_NETWORK_PERMISSIONS = 200
export const MAX_PORTS = 100

/** Characters. */
export const MAX_NAME_LENGTH = 256
export const MAX_TITLE_LENGTH = 512
export const MAX_DESCRIPTION_LENGTH = 32_768
export const MAX_MARKDOWN_LENGTH = 512_000
export const MAX_EXAMPLE_LENGTH = 64_000
export const MAX_ICON_BYTES = 64 * 1024
export const MAX_PATTERN_LENGTH = 2_000
export const MAX_VERSION_REQUEST_LENGTH = 256
export const MAX_COORDINATE_LENGTH = 512

/** Levels of nesting, and keyword objects in all, of one type's JSON Schema. */
export const MAX_SCHEMA_DEPTH = 32
export const MAX_SCHEMA_NODES = 20_000
/** Problems reported of one manifest, faults of one set of properties. */
export const MAX_PROBLEMS = 100
export const MAX_FAULTS = 50

/** Properties of one task: levels of nesting, and values in all. Beyond, nothing is checked and one fault says so. */
export const MAX_VALUE_DEPTH = 64
export const MAX_VALUE_NODES = 200_000
/** Characters of a text that is read as JSON for a list or a map. */
export const MAX_JSON_TEXT_LENGTH = 4_000_000

/** Installs that run at the same time; more wait. */
export const DEFAULT_CONCURRENT_INSTALLS = 4
/** Installs that wait for one of these; more are refused. */
export const MAX_WAITING_INSTALLS = 500
/** Milliseconds that all workers together may take to load a version. */
export const DEFAULT_ACTIVATION_TIMEOUT_MS = 30_000
/** Milliseconds that closing waits for removals. */
export const DEFAULT_CLOSE_GRACE_MS = 1_000
/** Milliseconds. Files of internal storage without a row are another server's install in progress until they are this old. */
export const DEFAULT_ORPHAN_GRACE_MS = 3_600_000
/** Names compared for a suggestion, and how far apart they may be. */
export const MAX_SUGGESTION_CANDIDATES = 5_000
export const MAX_SUGGESTION_LENGTH = 120
