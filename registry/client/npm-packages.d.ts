/**
 * The parts of npm's own packages that this room uses. Some publish no types, and those of others are for versions of
 * long ago or pull the DOM's globals into the whole program.
 */

declare module 'npm-package-arg' {
  export interface PackageSpec {
    readonly name: string
    /** `git`, `remote`, `file`, `directory` and `alias` are the kinds that are never asked for here. */
    readonly type: 'version' | 'range' | 'tag' | 'git' | 'remote' | 'file' | 'directory' | 'alias'
  }

  interface PackageSpecParser {
    resolve(name: string, wanted: string): PackageSpec
  }

  const parser: PackageSpecParser
  export default parser
}

declare module '@npmcli/agent' {
  import type { ClientRequest } from 'node:http'

  /** What Node asks of an `agent`. */
  export interface AgentLike {
    readonly protocol?: string
    readonly defaultPort?: number
    readonly keepAlive?: boolean
    addRequest(request: ClientRequest, options: object): void
  }

  /** The shared pool of connections that npm uses for the address, through the proxy that the environment names. */
  export function getAgent(url: string): AgentLike
}

declare module 'npm-registry-fetch' {
  import type { AgentLike } from '@npmcli/agent'

  /** Answers of a status of 400 or above are thrown, with a `statusCode`. */
  export interface NpmFetchOptions {
    readonly registry: string
    /** Asked for every single request: each hop of a redirect and each retry. Not documented for npm, but for node-fetch. */
    readonly agent: (url: URL) => AgentLike
    readonly signal: AbortSignal
    readonly headers: Readonly<Record<string, string>>
    readonly userAgent: string
    /** Milliseconds. */
    readonly timeout: number
    readonly retry: { readonly retries: number; readonly minTimeout: number; readonly maxTimeout: number }
    /** Otherwise pacote looks for the tarball in the cache in the user's home first. */
    readonly preferOnline: true
  }

  function npmFetch(url: string, options: NpmFetchOptions): Promise<{ buffer(): Promise<Buffer> }>
  export default npmFetch
}

declare module 'pacote' {
  import type { PackageSpec } from 'npm-package-arg'
  import type { NpmFetchOptions } from 'npm-registry-fetch'

  /** Where pacote looks for a packument before it asks the registry. */
  export interface PackumentCache {
    has(key: string): boolean
    get(key: string): unknown
    set(key: string, packument: unknown): void
    delete(key: string): void
  }

  export interface PacoteOptions extends NpmFetchOptions {
    readonly fullMetadata?: boolean
    readonly packumentCache?: PackumentCache
    /** Otherwise tarballs of the public registry are looked for in the repository, whatever its packument says. */
    readonly replaceRegistryHost: 'never'
    readonly allowGit: 'none'
    readonly allowRemote: 'none'
    readonly allowFile: 'none'
    readonly allowDirectory: 'none'
  }

  interface Pacote {
    packument(spec: PackageSpec, options: PacoteOptions): Promise<unknown>
    readonly tarball: {
      /** Calls `read` again if it fails with `EINTEGRITY`, `ENOENT` and the like. The stream is one of Minipass. */
      stream<T>(
        spec: PackageSpec,
        read: (stream: NodeJS.ReadableStream & { destroy(): void }) => Promise<T>,
        options: PacoteOptions,
      ): Promise<T>
    }
  }

  const pacote: Pacote
  export default pacote
}
