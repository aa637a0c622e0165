const KB = 1024
const MB = 1024 * KB

/** What a tarball may cost whoever reads it. All of it is checked while it streams, before anything is kept. */
export interface TarballLimits {
  /** Entries of the archive, folders and extended headers included. */
  readonly maxEntries: number
  /** Bytes of the whole archive once unpacked. */
  readonly maxUnpackedBytes: number
  /** Bytes of one file. */
  readonly maxFileBytes: number
  /** Unpacked bytes for one packed byte. Honest packages stay below 20; gzip reaches 1032. */
  readonly maxRatio: number
  /** Bytes. Below this the ratio says nothing: a small package of one long comment is no attack. */
  readonly ratioFloorBytes: number
}

export const TARBALL_LIMITS: TarballLimits = {
  maxEntries: 10_000,
  maxUnpackedBytes: 256 * MB,
  maxFileBytes: 100 * MB,
  maxRatio: 200,
  ratioFloorBytes: 8 * MB,
}

/** Bytes of a packed tarball that may be published. */
export const MAX_TARBALL_BYTES = 64 * MB
/** Bytes of a publish's or change's JSON, the tarball's base64 not counted. A packument of 1,000 versions is some 3 MB. */
export const MAX_METADATA_BYTES = 16 * MB
/** Nesting of that JSON. Packages' own fields are passed on, so it is generous. */
export const MAX_METADATA_DEPTH = 64
/** Bytes of a login request. */
export const MAX_LOGIN_BYTES = 64 * KB
/** Bytes of a package.json inside a tarball. */
export const MAX_PACKAGE_JSON_BYTES = MB
/** Characters of a README that a packument keeps. */
export const MAX_README_CHARS = 256 * KB
/** npm's own bound on a package name. */
export const MAX_PACKAGE_NAME_CHARS = 214
export const MAX_DIST_TAG_CHARS = 128
/** Versions that one package may have: its packument is rewritten by every publish. */
export const MAX_VERSIONS_PER_PACKAGE = 10_000
/** Problems of an inspected tarball that the answer lists. */
export const MAX_REPORTED_PROBLEMS = 50

/** Changes that the registry process works on or holds back at once; beyond it answers 429. */
export const MAX_CONCURRENT_WRITES = 32
export const INSPECT_TIMEOUT_MS = 30_000
/** How long the registry process waits for the parent's word about an unpublish. */
export const MAY_UNPUBLISH_TIMEOUT_MS = 15_000

/** How long a request waits for the registry process to come up before it is told to retry. */
export const START_WAIT_MS = 15_000
/** How long the process may take from its start to ready. */
export const START_TIMEOUT_MS = 30_000
/** Silence on a proxied request, in either direction, after which it is given up. */
export const PROXY_IDLE_TIMEOUT_MS = 60_000
/** How long an answer waits for its event, which travels on another channel and has left before it. */
export const EVENT_WAIT_MS = 2_000
/** A request must have arrived by then: a publish that trickles in must not hold its place for ever. */
export const RECEIVE_TIMEOUT_MS = 300_000
export const CLOSE_TIMEOUT_MS = 5_000
export const RESTART_DELAY_MIN_MS = 100
export const RESTART_DELAY_MAX_MS = 10_000
/** A process that ran this long before it died starts the backoff anew. */
export const RESTART_HEALTHY_MS = 30_000
/** How long a new process waits for the one before it to let go of the data folder. */
export const WRITER_LOCK_WAIT_MS = 5_000
/** Characters of one log line of the registry process. */
export const MAX_LOG_LINE_CHARS = 16 * KB
/** Packuments read at once when everything is listed. */
export const LIST_CONCURRENCY = 16

/** The client's defaults; each can be set. */
export const CLIENT_LIMITS = {
  maxPackumentBytes: 64 * MB,
  maxSearchBytes: 4 * MB,
  /** Packages whose versions' addresses are remembered, so that a download right after a lookup asks once. */
  maxRememberedPackages: 200,
} as const

export const CLIENT_TIMEOUTS = {
  requestMs: 15_000,
  downloadMs: 120_000,
} as const

export const MAX_REDIRECTS = 5
/** Bytes of the answer that comes with a redirect or a failure. Nobody reads more of it than its status. */
export const MAX_FAILURE_BYTES = MB
/** A refused or reset connection is tried again, so that a registry may restart unnoticed. */
export const CLIENT_RETRY = { retries: 2, minTimeout: 100, maxTimeout: 1_000 } as const
/** What one search may ask of a repository. */
export const MAX_SEARCH_RESULTS = 250
