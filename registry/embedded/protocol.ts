/**
 * What the server's process (the parent) and the registry's process (the child) say to each other. Requests of npm
 * clients travel as HTTP over a socket that only the two know; everything here travels over Node's IPC channel.
 */

/** An uplink: another registry whose packages are served through this one. */
export interface UplinkOptions {
  readonly name: string
  readonly url: string
  /**
   * The packages that come from there: names, or patterns like `@types/*`. Nothing that matches can be published
   * here, so an outside package and one of ours can never be mixed under one name.
   */
  readonly packages: readonly string[]
}

export interface ChildOptions {
  /** The registry's own folder. */
  readonly registryDir: string
  readonly socketPath: string
  /** Random, new for each start. A request without it is refused. */
  readonly secret: string
  readonly anonymousRead: boolean
  readonly publicScopes: readonly string[]
  readonly urlPrefix: string
  readonly scopeOwners: Readonly<Record<string, string>>
  readonly uplinks: readonly UplinkOptions[]
  readonly inspectorModule: string | undefined
  readonly maxTarballBytes: number
  readonly logLevel: 'error' | 'warn' | 'info'
}

export interface PublishedEvent {
  readonly type: 'published'
  readonly name: string
  readonly version: string
  /** `sha512-…`, computed from the bytes that were stored. */
  readonly integrity: string
  readonly distTags: Readonly<Record<string, string>>
  /** Where the tarball lies in the registry's storage. Read it, never write or keep it open. */
  readonly tarballPath: string
  readonly user: string
}

export interface UnpublishedEvent {
  readonly type: 'unpublished'
  readonly name: string
  readonly versions: readonly string[]
  /** What is left. */
  readonly distTags: Readonly<Record<string, string>>
  readonly user: string
}

export interface DistTagsChangedEvent {
  readonly type: 'distTagsChanged'
  readonly name: string
  readonly distTags: Readonly<Record<string, string>>
  readonly user: string
}

export interface DeprecatedEvent {
  readonly type: 'deprecated'
  readonly name: string
  /** An empty message takes the deprecation back. */
  readonly versions: readonly { readonly version: string; readonly message: string }[]
  readonly user: string
}

/** Something that is stored durably. The client hears of it after the server did. */
export type RegistryEvent = PublishedEvent | UnpublishedEvent | DistTagsChangedEvent | DeprecatedEvent

export interface UnpublishDecision {
  readonly allowed: boolean
  /** Shown to whoever asked, by the npm client. */
  readonly reason?: string
}

export interface VersionToUnpublish {
  readonly name: string
  readonly version: string
}

export type ToChild =
  | { readonly type: 'start'; readonly options: ChildOptions }
  | { readonly type: 'mayUnpublish'; readonly id: number; readonly decisions: readonly UnpublishDecision[] }
  | { readonly type: 'close' }

export type ToParent =
  | { readonly type: 'ready'; readonly startMs: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly hint?: string }
  | { readonly type: 'event'; readonly sequence: number; readonly event: RegistryEvent }
  | { readonly type: 'mayUnpublish'; readonly id: number; readonly versions: readonly VersionToUnpublish[] }

/** Headers between the two processes. The parent strips them from what comes from outside. */
export const INTERNAL_HEADER_PREFIX = 'x-pinion-registry-'
export const INTERNAL_HEADERS = {
  secret: 'x-pinion-registry-secret',
  /** URI-encoded, because a user's name may have any letter. Absent: anonymous. */
  user: 'x-pinion-registry-user',
  admin: 'x-pinion-registry-admin',
  canPublish: 'x-pinion-registry-can-publish',
  /** On an answer: the last event's sequence. The parent holds the answer back until it has told its listeners. */
  sequence: 'x-pinion-registry-sequence',
} as const

/** Who asks. The server has checked the credentials already. */
export interface RegistryIdentity {
  readonly username: string
  readonly isAdmin: boolean
  readonly canPublish: boolean
}
