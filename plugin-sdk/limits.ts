/** Bytes. A bundle beyond this would cost every worker more memory than a plugin version is allowed. */
export const MAX_BUNDLE_BYTES = 10 * 1024 * 1024
/** Bytes of one `*.schema.yaml`. */
export const MAX_SCHEMA_FILE_BYTES = 512 * 1024
/** Bytes of one SVG icon; icons travel inside the manifest. */
export const MAX_ICON_BYTES = 64 * 1024
/** Bytes of one Markdown page. */
export const MAX_DOCS_BYTES = 1024 * 1024
/** Bytes of `package.json`. */
export const MAX_PACKAGE_JSON_BYTES = 256 * 1024
/** Types of one plugin package. */
export const MAX_TYPES = 500
/** Guides of one plugin package. */
export const MAX_GUIDES = 100
/** Levels of folders below `src`. */
export const MAX_FOLDER_DEPTH = 8
/** Milliseconds that the TypeScript compiler may take before it is stopped. */
export const TYPE_CHECK_TIMEOUT_MS = 120_000
/** Bytes of the compiler's output that are read. */
export const MAX_COMPILER_OUTPUT_BYTES = 16 * 1024 * 1024
