/** How the version of one task, trigger or nested plugin of a flow was decided. */
export interface LockEntry {
  /** The type's canonical id, aliases followed. */
  readonly type: string
  readonly packageName: string
  /** Exact. */
  readonly version: string
  /** SRI of the package's tarball. */
  readonly integrity: string
  /** As asked for: `^2`, `LATEST`, `1.0.0`, a dist-tag. */
  readonly request: string
  readonly decidedBy: 'task' | 'flow' | 'namespace' | 'instance' | 'core'
}

/** By property path of the plugin within the flow, such as `tasks[0]` or `tasks[2].taskRunner`. */
export interface FlowLock {
  readonly lockVersion: 1
  readonly entries: Readonly<Record<string, LockEntry>>
}
