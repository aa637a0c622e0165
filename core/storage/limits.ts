/** Bytes (UTF-8) of one segment: what most file systems take. */
export const MAX_SEGMENT_BYTES = 255
/** Bytes (UTF-8) of a whole path, so that it fits below any root. */
export const MAX_PATH_BYTES = 2_048
export const MAX_SEGMENTS = 64
/** Files of one listing. */
export const MAX_LISTED_FILES = 100_000
/** Bytes read at once. */
export const CHUNK_BYTES = 64 * 1024
/** Milliseconds after which a file that is still being written counts as left behind by a process that died. */
export const STALE_TEMPORARY_MS = 60 * 60 * 1000
/** How often a folder that somebody else just removed as empty is made again. */
export const FOLDER_ATTEMPTS = 5
