/** What the parent hands a host at its start, as the JSON of its first argument. */
export interface HostConfig {
  /** The guest's scripts: see `guest-scripts.ts`. */
  readonly guestScriptsPath: string
  /** V8's code cache; only this product may write there. */
  readonly codeCacheDir: string
  /** Bytes of V8 heap for each isolate. */
  readonly isolateHeapBytes: number
  readonly isolatesPerHost: number
}
