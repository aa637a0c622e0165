/** How often an attempt that vanished with its host or worker is run again before its task run fails. */
export const MAX_RESUBMISSIONS = 10
/** Events taken into one transaction. */
export const BATCH_EVENTS = 200
/** Executions that may be accepted and not yet started; beyond it `create` is refused (429 at the edge). */
export const MAX_ACCEPTED = 10_000
/** Attempts handed to the plugin runtime at once by one worker. */
export const MAX_RUNNING_ATTEMPTS = 256
/** Milliseconds that the start of an attempt may wait to be written, in the hope that its end comes along. */
export const START_WRITE_DELAY_MS = 20
/** Log and metric rows that may wait to be written. Beyond it attempts wait before they report their end. */
export const MAX_BUFFERED_ROWS = 20_000
/** Milliseconds between two bulk writes of logs and metrics. */
export const FLUSH_INTERVAL_MS = 50
/** Unfinished executions read at once when a server starts. */
export const RECOVERY_PAGE = 500
/** Bytes of JSON text that one task run's outputs may have. */
export const MAX_OUTPUT_BYTES = 1024 * 1024
/** Values that one loop may have: each is at least one task run. */
export const MAX_ITERATIONS = 100_000
/** Characters of an error's message that a row keeps. */
export const MAX_ERROR_MESSAGE_LENGTH = 10_000
/** Files that one attempt may be writing at once. */
export const MAX_OPEN_UPLOADS = 16
/** Bytes that the expressions of one attempt may read from files, all together. */
export const MAX_EXPRESSION_READ_BYTES = 32 * 1024 * 1024
/** Error logs that `errorLogs()` gives, the oldest first. */
export const MAX_EXPRESSION_ERROR_LOGS = 1_000
/** UTF-16 units of a template that is evaluated by hand, and of what it may answer. */
export const MAX_DEBUG_TEMPLATE_LENGTH = 65_536
export const MAX_DEBUG_RESULT_LENGTH = 1_048_576
