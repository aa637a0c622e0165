/** How to reach a running service. Only what can cross a process. */
export type Connection = Readonly<Record<string, string | number>>

export interface RunningService {
  readonly connection: Connection
  /** Resolves when its process is gone. */
  stop(): Promise<void>
}

/** A program of the machine that tests run against. */
export interface Service {
  readonly name: string
  /** All of these must be found on the PATH (or in /usr/sbin). */
  readonly binaries: readonly string[]
  /** @param folder - empty, its own, removed afterwards; its path is short enough for a socket */
  start(folder: string, find: (binary: string) => string): Promise<RunningService>
}
