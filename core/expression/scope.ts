/**
 * What an expression sees. `variables` are plain data (JSON values, plus bigint and Date); they are looked up by own
 * property only. Functions that reach data outside are handed in, so that the evaluator itself stays pure.
 */
export interface Scope {
  readonly variables: Readonly<Record<string, unknown>>
  readonly services: ExpressionServices
}

/**
 * What an expression cannot know by itself. Each may be absent: calling the function that needs it is then an error that
 * says so. The asynchronous ones may throw; a PinionError's message and hint reach the user with the template's place.
 */
export interface ExpressionServices {
  /** Unix epoch, milliseconds; may have a fraction, of which microseconds are kept. */
  readonly nowMs?: () => number
  /** Uniform in [0, 1). Not for secrets. */
  readonly random?: () => number
  /** Bytes fit for keys and nonces. Ids are made from them as well, where given. */
  readonly randomBytes?: (length: number) => Uint8Array
  /** IANA id of the zone in which dates are formatted unless an expression names one. Default UTC. */
  readonly timeZone?: string
  /** Every value that `secret()`, `credential()` and `decrypt()` gave to an expression, so that logs can mask it. */
  readonly onSecret?: (value: string) => void

  readonly secret?: (name: string, namespace?: string, subkey?: string) => Promise<string>
  /** A short-lived token of a managed credential. */
  readonly credential?: (name: string) => Promise<string>
  /** Undefined: there is no such key. */
  readonly kv?: (key: string, namespace?: string) => Promise<unknown>
  /** Text of a file by URI (`kestra:///`, `nsfile:///`, `file:///`). */
  readonly read?: (uri: string) => Promise<string>
  readonly fileSize?: (uri: string) => Promise<number>
  readonly fileExists?: (uri: string) => Promise<boolean>
  /** The arguments of `http()` by name: `uri`, `method`, `headers`, `body`, `contentType`, `accept`, `options`. */
  readonly http?: (request: Readonly<Record<string, unknown>>) => Promise<unknown>
  /** The AES key that a name given to `encrypt()` and `decrypt()` stands for: 16, 24 or 32 bytes in Base64. */
  readonly encryptionKey?: (name: string) => Promise<string>
  readonly errorLogs?: () => Promise<readonly unknown[]>
  /** A free local TCP port. */
  readonly freePort?: () => Promise<number>
  readonly appLink?: (options: { readonly appId?: string; readonly baseUrl: boolean }) => Promise<string>
  /** Text of a template for `extends`, `include`, `embed` and `import`. Undefined: there is none of that name. */
  readonly template?: (name: string) => Promise<string | undefined>
}
