import type {
  DeprecatedEvent,
  DistTagsChangedEvent,
  PublishedEvent,
  UnpublishDecision,
  UnpublishedEvent,
  UplinkOptions,
} from './protocol.ts'

export type LoginOutcome =
  | { readonly outcome: 'granted'; readonly token: string }
  | { readonly outcome: 'refused'; readonly message?: string; readonly retryAfterSeconds?: number }

/** One structured line of the registry's process. The message is a constant sentence, values are fields. */
export interface RegistryLogLine {
  readonly level: 'error' | 'warn' | 'info'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface RegistryProcessOptions {
  /** The server's data folder; everything of the registry lies in `registry/` below it. One server a folder. */
  readonly dataDir: string
  /** The path in front of every request, with slashes around it. Default `/registry/`. */
  readonly mountPath?: string
  /** Origin that clients reach this server by, such as `https://pinion.example`. Default: what each request says. */
  readonly publicUrl?: string
  /** Believe `X-Forwarded-Host` and `X-Forwarded-Proto`. Only behind a proxy that sets them. Default false. */
  readonly trustProxy?: boolean
  /** Whether packages can be read without a token. Default false. */
  readonly anonymousRead?: boolean
  /** Scopes whose packages anybody may read all the same, such as `@pinion`: what is public anyway. */
  readonly publicScopes?: readonly string[]
  /** Who owns a scope from the start, such as `{ '@pinion': 'system' }`. It wins over what was claimed. */
  readonly scopeOwners?: Readonly<Record<string, string>>
  readonly uplinks?: readonly UplinkOptions[]
  /**
   * An absolute path or URL of a module exporting `inspect(tarball)`. The registry's process loads it and asks it
   * before each publish, away from the server's event loop.
   */
  readonly inspectorModule?: string
  /** Bytes of a packed tarball. Default 64 MB. */
  readonly maxTarballBytes?: number
  /** Start the process right away, in the background; otherwise the first request does. Default true. */
  readonly warmUp?: boolean
  /** The least level that is logged. Default `warn`. */
  readonly logLevel?: 'error' | 'warn' | 'info'
  readonly log: (line: RegistryLogLine) => void
  /** Checks credentials and mints a token for `npm login` and `npm adduser` (which also sends an address). */
  readonly login: (username: string, password: string, kind: 'login' | 'register') => Promise<LoginOutcome>
  /** Revokes a token for `npm logout`. `username`: who asks; undefined if the token was not valid any more. */
  readonly revoke: (token: string, username: string | undefined) => Promise<void>
  /** Asked for every version before anything is unpublished. */
  readonly mayUnpublish: (name: string, version: string) => Promise<UnpublishDecision>
}

/** What a registry tells the server, by event. */
export interface RegistryEvents {
  readonly published: PublishedEvent
  readonly unpublished: UnpublishedEvent
  readonly distTagsChanged: DistTagsChangedEvent
  readonly deprecated: DeprecatedEvent
  /** The process is up. `isRestart`: it had died; events may be missing, so compare with `listAll()`. */
  readonly ready: { readonly startMs: number; readonly isRestart: boolean }
  /** The process died on its own and will be started again after `retryInMs`. */
  readonly died: { readonly reason: string; readonly retryInMs: number }
}
