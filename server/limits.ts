/** Bounds of this room. What a person may want to change is a configuration key; these are its defaults or harder walls. */

/** Bytes of one configuration text. */
export const CONFIG_TEXT_BYTES = 1_048_576
/** Nesting of a configuration text. */
export const CONFIG_DEPTH = 32
/** References followed from one placeholder into the next. */
export const CONFIG_PLACEHOLDER_DEPTH = 16

/** Bytes of a JSON body. */
export const JSON_BODY_BYTES = 4 * 1_048_576
/** Bytes of a flow's source, or of several in one request. */
export const TEXT_BODY_BYTES = 4 * 1_048_576
/** Bytes of an expression that is evaluated by hand. */
export const EXPRESSION_BODY_BYTES = 262_144
/** Nesting of a JSON body. */
export const JSON_DEPTH = 64
/** Parts of a multipart body, files included. */
export const MULTIPART_PARTS = 256
/** Bytes of one multipart field that is not a file. */
export const MULTIPART_FIELD_BYTES = 1_048_576
/** Bytes of the request line's path and query. */
export const URL_BYTES = 16_384
/** Bytes of all request headers together. */
export const HEADER_BYTES = 32_768

/** Milliseconds a client may take over its headers: a slow sender must not hold a connection. */
export const HEADERS_TIMEOUT_MS = 10_000
/** Milliseconds a client may take over a whole request, uploads included. */
export const REQUEST_TIMEOUT_MS = 600_000
/** Milliseconds that a closing server gives open requests to be answered. */
export const LISTENER_CLOSE_MS = 5_000
/** Milliseconds an idle connection is kept; above the 60 s that proxies keep theirs, so that they close first. */
export const KEEP_ALIVE_TIMEOUT_MS = 65_000
/** Requests on one connection before it is closed, so that load spreads after a restart behind a proxy. */
export const REQUESTS_PER_CONNECTION = 100_000
/** Connections at once. */
export const CONNECTIONS = 4_096

/** Seconds after which a refused client may come again. */
export const RETRY_AFTER_S = 1

/** Open event streams at once, over all clients. */
export const EVENT_STREAMS = 512
/** Bytes that may wait in a stream for a slow reader; beyond that the stream is closed. */
export const EVENT_STREAM_BUFFER_BYTES = 1_048_576
/** Milliseconds between comments that keep a proxy from closing an idle stream. */
export const EVENT_STREAM_HEARTBEAT_MS = 15_000

/** Failed logins of one address within {@link LOGIN_FAILURE_WINDOW_MS} before it must wait. */
export const LOGIN_FAILURES = 10
export const LOGIN_FAILURE_WINDOW_MS = 60_000
/** Addresses remembered; the oldest is forgotten first. */
export const LOGIN_ADDRESSES = 10_000

/** Results on one page. */
export const PAGE_SIZE = 1_000
export const PAGE_SIZE_DEFAULT = 10
/** Flow documents in one validation request. */
export const VALIDATED_DOCUMENTS = 500
/** Plugin coordinates in one request. */
export const PLUGIN_COORDINATES = 100
/** Log lines or metrics in one answer. */
export const LOG_LINES = 10_000
/** Characters of a value shown in a fault. */
export const SHOWN_VALUE_CHARACTERS = 80
/** Bytes of a package.json that is looked into. */
export const PACKAGE_JSON_BYTES = 1_048_576
/** Characters of an npm package's name, as npm has it. */
export const PACKAGE_NAME_LENGTH = 214
