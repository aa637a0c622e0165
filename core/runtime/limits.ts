/**
 * What an attempt, an isolate and a host may use. Bounds on hostile code are of two sorts: those that V8 or this room
 * keeps exactly, and those that a watchdog keeps by killing the host after the fact. The comments say which.
 */

const KIB = 1024
const MIB = 1024 * KIB

// ── One attempt ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Milliseconds. An attempt without a `wallTimeMs` of its own ends after a day. */
export const DEFAULT_WALL_TIME_MS = 24 * 60 * 60 * 1000
/**
 * Milliseconds that plugin code may hold its host's thread without giving way (measured by wall clock while the
 * isolate is entered). Meanwhile the host's other attempts wait, so it is the longest stall that a neighbour sees.
 */
export const DEFAULT_CPU_SLICE_MS = 2_000
/** Bytes of UTF-8: the outputs' JSON text. Checked in the isolate, before it is copied out, and again outside. */
export const DEFAULT_OUTPUT_BYTES = 10 * MIB
/** Milliseconds between an attempt's abort signal and its end, at a timeout. */
export const TIMEOUT_GRACE_MS = 1_000
/** Milliseconds between an attempt's abort signal and its end, at a kill without a grace of its own. */
export const DEFAULT_KILL_GRACE_MS = 5_000
/** Milliseconds that a host may take to answer beyond what the attempt was granted; then it is killed. */
export const UNRESPONSIVE_GRACE_MS = 1_000
/** Calls that one attempt may have under way; the next throws in the plugin. */
export const MAX_PENDING_CALLS = 1_000
/** Calls that one attempt may begin without giving way: also those that it withdraws cost memory until then. */
export const MAX_CALLS_PER_SLICE = 10_000
export const MAX_TIMERS = 10_000
/** Bodies, uploads and compressors that one attempt may hold open. */
export const MAX_OPEN_STREAMS = 256
export const MAX_OPEN_FETCHES = 128
export const MAX_CRYPTO_KEYS = 1_000
/** Bytes that cross the bridge in one piece: file parts, body parts. */
export const CHUNK_BYTES = 256 * KIB
/** Bytes that the bridge takes from a plugin in one call, such as data to hash. */
export const MAX_CALL_BYTES = 64 * MIB
/** Characters of one call's parameters. */
export const MAX_PARAMS_CHARS = 16 * MIB

// ── Logs and metrics of one attempt ──────────────────────────────────────────────────────────────────────────────

/** Characters; the rest is cut off and the line says so. */
export const MAX_LOG_CHARS = 32 * KIB
/** Characters that may be logged at once, and every second after that; lines beyond are counted and dropped. */
export const LOG_BURST_CHARS = 4 * MIB
export const LOG_CHARS_PER_SECOND = 1 * MIB
/** Characters that every line costs beyond its text, so that empty lines are bounded too. */
export const LOG_LINE_OVERHEAD_CHARS = 64
export const MAX_METRICS_PER_ATTEMPT = 10_000
export const MAX_METRIC_CHARS = 4 * KIB

// ── Errors that leave an isolate ─────────────────────────────────────────────────────────────────────────────────

export const MAX_ERROR_CHARS = 16 * KIB
export const MAX_STACK_CHARS = 32 * KIB
export const MAX_CAUSES = 5
/** Bytes. A larger source map is not read: the stack then keeps the bundle's positions. */
export const MAX_SOURCE_MAP_BYTES = 64 * MIB
/** Source maps kept parsed in a host. */
export const MAX_PARSED_SOURCE_MAPS = 4

// ── One isolate ──────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Bytes of V8 heap for each isolate. V8 treats it as a guideline: code that allocates in large steps can pass it by
 * hundreds of megabytes before it is stopped, or never be. The host's resident memory is the bound that holds.
 */
export const DEFAULT_ISOLATE_HEAP_BYTES = 128 * MIB
/** Bytes. A larger bundle is refused. */
export const MAX_BUNDLE_BYTES = 64 * MIB
/** Milliseconds for the evaluation of a bundle: its top level must not compute. */
export const LOAD_SLICE_MS = 5_000
/** Realms (global scopes) that the types with `freshContext` may hold open in one isolate. */
export const MAX_REALMS_PER_ISOLATE = 64

// ── One host ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Bytes of resident memory that a host may reach with no plugin loaded; beyond it, it is killed. */
export const DEFAULT_HOST_RESIDENT_BYTES = 400 * MIB
/** Bytes of resident memory that each loaded isolate adds to the bound. */
export const RESIDENT_BYTES_PER_ISOLATE = 3 * MIB
/** Share of the bound beyond which a host takes no new attempts and is replaced once it has drained. */
export const RETIRE_RESIDENT_SHARE = 0.75
/** A host without isolates whose memory has grown by this share since it was ready is replaced. */
export const IDLE_GROWTH_SHARE = 0.1
/** Megabytes: the host process's own heap (`--max-old-space-size`). */
export const HOST_HEAP_MB = 256
/** Idle isolates beyond this are freed, the least recently used first. */
export const DEFAULT_ISOLATES_PER_HOST = 256
/** Attempts that a host was given and has not begun. More only lengthens the queue behind a slow one. */
export const MAX_UNSTARTED_PER_HOST = 32
/** Attempts that a host has begun and that wait for something. */
export const MAX_RUNNING_PER_HOST = 2_000
/** Attempts that wait in the parent for a host. */
export const MAX_QUEUED_ATTEMPTS = 50_000
/** A host is replaced after so many attempts … */
export const DEFAULT_RECYCLE_AFTER_ATTEMPTS = 1_000_000
/** … or isolates: V8 and isolated-vm give almost all of an isolate back, not all. */
export const DEFAULT_RECYCLE_AFTER_ISOLATES = 1_000
/**
 * Milliseconds. After a slice longer than this a host starts nothing until the parent says what it took away
 * meanwhile. `STEAL_AFTER_MS` must be longer: see `pool/host-process.ts`.
 */
export const STALL_MS = 50
export const STEAL_AFTER_MS = 75
/** Milliseconds between two looks at a host's memory and marker. */
export const WATCH_INTERVAL_MS = 25
export const PING_INTERVAL_MS = 1_000
/** Milliseconds without an answer to a ping, outside plugin code. */
export const PING_TIMEOUT_MS = 15_000
/** Hosts that a version is loaded into before `load` gives up, when they die meanwhile by another's fault. */
export const MAX_LOAD_TRIES = 3
/** Milliseconds between two hosts that are replaced because they have grown. */
export const SWOLLEN_RETIRE_INTERVAL_MS = 10_000
/** Milliseconds for a host to start. */
export const HOST_START_TIMEOUT_MS = 30_000
/** Hosts that failed to start in a row before attempts are refused. */
export const MAX_START_FAILURES = 5
/** Milliseconds between such tries, doubled each time. */
export const START_RETRY_MS = 200
/** Characters of a host's standard error kept for the report of its death. */
export const MAX_STDERR_CHARS = 8 * KIB
