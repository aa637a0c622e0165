/**
 * What a host and the code inside an isolate say to each other. Two functions carry everything: the guest calls
 * {@link HostFunction} (synchronous, never throws, arguments copied), the host calls {@link GuestEntry} (always with a
 * timeout). What plugin code can reach, it can call: the host checks every argument.
 */
export interface HostOperations {
  /** Ends the attempt. `json`: outputs, or a {@link GuestFault}. */
  settle(attempt: number, isOk: boolean, json: string, warning?: string): void
  log(attempt: number, level: number, message: string): void
  /** `json`: an `AttemptMetric`. */
  metric(attempt: number, json: string): void
  progress(attempt: number, fraction: number, message?: string): void
  /** @returns false if the attempt has too many timers, or has ended. */
  setTimer(attempt: number, timer: number, delayMs: number, repeats: boolean): boolean
  clearTimer(attempt: number, timer: number): void
  /**
   * Begins a call whose answer is delivered later.
   *
   * @returns why it was not begun, or undefined
   */
  call(
    attempt: number,
    call: number,
    method: string,
    paramsJson: string,
    bytes?: Uint8Array,
  ): string | undefined
  cancel(attempt: number, call: number): void
  /** Evaluates one of the realm's chunks; it leaves its installer in {@link CHUNK_SLOT}. */
  loadChunk(name: string): boolean
  random(sizeBytes: number): Uint8Array | undefined
  uuid(): string
  /** Milliseconds since the host started, in steps of 0.1 ms. */
  now(): number
  /** The value, copied by the structured clone algorithm on its way out and in. */
  clone(value: unknown): unknown
  /** @returns JSON of {@link UrlParts}, or undefined if it is not a URL. */
  parseUrl(input: string, base?: string): string | undefined
  setUrl(href: string, property: string, value: string): string | undefined
  encodeText(text: string): Uint8Array | undefined
  /** @returns undefined if `fatal` and malformed. */
  decodeText(label: string, isFatal: boolean, ignoreBom: boolean, bytes: Uint8Array): string | undefined
  /** @returns the encoding's canonical name, or undefined if there is no such encoding. */
  encodingName(label: string): string | undefined
}

export type HostOperation = keyof HostOperations
export type HostFunction = <Op extends HostOperation>(
  operation: Op,
  ...args: Parameters<HostOperations[Op]>
) => ReturnType<HostOperations[Op]>

export interface GuestEntries {
  /** Reads `__pinionPlugin` and answers with JSON of {@link GuestExports}. */
  adopt(): string
  /** @returns the outputs' JSON text, if the attempt has ended well and without a warning already */
  start(
    attempt: number,
    type: string,
    method: string,
    propertiesJson: string,
    contextJson: string,
    outputBytes: number,
  ): string | undefined
  /** What `start` has returned, once more: a rejection that nobody handled takes the place of an entry's value. */
  recall(attempt: number): string | undefined
  /** Four values for each answer: call, isOk, JSON (result or {@link HostFault}), bytes. */
  deliver(attempt: number, ...answers: readonly (number | boolean | string | Uint8Array | undefined)[]): void
  fire(attempt: number, ...timers: readonly number[]): void
  abort(attempt: number, reason: string): void
  /** The host has ended the attempt by itself: whatever it still does is ignored. */
  forget(attempt: number): void
}
export type GuestEntry = <Entry extends keyof GuestEntries>(
  entry: Entry,
  ...args: Parameters<GuestEntries[Entry]>
) => ReturnType<GuestEntries[Entry]>

/** What a bundle exports: type ids, with the kind and the methods of each. */
export type GuestExports =
  | {
      readonly types: readonly {
        readonly type: string
        readonly kind: string
        readonly hasRun: boolean
        readonly hasEvaluate: boolean
      }[]
    }
  | { readonly fault: string; readonly stack?: string }

/** An error of plugin code, flattened inside the isolate: its getters run there, within the timeout. */
export interface GuestFault {
  readonly name: string
  readonly message: string
  readonly stack: string
  /** Set by the guest's own code only: `output-invalid`, `output-too-large`, `type-missing`, or a host fault's code. */
  readonly reason?: string
  readonly retryable?: boolean
  readonly outputsJson?: string
  /** Messages of the causes, the nearest first. */
  readonly causes: readonly string[]
}

export interface HostFault {
  readonly name: string
  readonly code: string
  readonly message: string
}

export interface UrlParts {
  readonly href: string
  readonly origin: string
  readonly protocol: string
  readonly username: string
  readonly password: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  readonly pathname: string
  readonly search: string
  readonly hash: string
}

/** Global names used while a realm is set up; each is deleted again before plugin code runs. */
export const HOST_SLOT = '__pinionHost'
export const CHUNK_SLOT = '__pinionChunk'
/** Where a bundle leaves its exports: the manifest's contract. */
export const PLUGIN_SLOT = '__pinionPlugin'
/** Where an error of the bundle's top level is kept as `{ error }`, to be flattened inside. */
export const LOAD_ERROR_SLOT = '__pinionLoadError'

/** Log levels by their number on the bridge. */
export const GUEST_LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const

/** The parts of the global scope that are evaluated when they are first touched. */
export const GUEST_CHUNKS = [
  'encoding',
  'events',
  'streams',
  'url',
  'url-pattern',
  'fetch',
  'crypto',
] as const
export type GuestChunk = (typeof GUEST_CHUNKS)[number]
