/**
 * What an expression sees. `variables` are plain data (JSON values, plus bigint and Date); they are looked up by own
 * property only. Functions that reach data outside are handed in, so that the evaluator itself stays pure.
 */
export interface Scope {
  readonly variables: Readonly<Record<string, unknown>>
  readonly services: ExpressionServices
}

/** Each may be absent: calling the function is then an error that says so. All are asynchronous. */
export interface ExpressionServices {
  readonly nowMs?: () => number
  readonly random?: () => number
  readonly secret?: (name: string, namespace?: string, subkey?: string) => Promise<string>
  readonly kv?: (key: string, namespace?: string) => Promise<unknown>
  /** Text of a file by URI (`kestra:///`, `nsfile:///`, `file:///`). */
  readonly read?: (uri: string) => Promise<string>
  readonly fileSize?: (uri: string) => Promise<number>
  readonly fileExists?: (uri: string) => Promise<boolean>
  readonly http?: (request: Readonly<Record<string, unknown>>) => Promise<unknown>
  readonly encryptionKey?: () => Promise<string>
  readonly errorLogs?: () => Promise<readonly unknown[]>
}
