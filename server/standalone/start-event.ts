/** What a person who started the server should hear, when it happens. */
export type StartEvent =
  | { readonly type: 'listening'; readonly url: string; readonly dataDir: string }
  /** The only time that this password can be seen. */
  | { readonly type: 'passwordGenerated'; readonly username: string; readonly password: string }
  | { readonly type: 'pluginInstalled'; readonly packageName: string; readonly version: string }
  | { readonly type: 'pluginFailed'; readonly tarballPath: string; readonly error: unknown }
  | { readonly type: 'recovered'; readonly executions: number }
  | {
      readonly type: 'ready'
      readonly url: string
      readonly dataDir: string
      readonly username: string
      readonly tookMs: number
    }
