/** Where packages come from, in this room's words; `registry` provides it and the server's start-up joins them. */
export interface PackageSource {
  /** The configured repositories' names, in the order they are asked. */
  readonly repositories: readonly string[]
  /**
   * Looks a package up in the repository its scope is bound to, otherwise in the first that has it.
   *
   * @returns undefined if none has it
   * @throws with `code` `REGISTRY_UNREACHABLE` or `REGISTRY_UNAUTHORIZED`, naming the repository
   */
  lookUp(packageName: string): Promise<PackageVersions | undefined>
  /**
   * Downloads a tarball to `targetPath`, checking the integrity while it streams.
   *
   * @param maxBytes - a larger tarball is refused
   * @throws with `code` `REGISTRY_INTEGRITY_MISMATCH`
   */
  download(
    packageName: string,
    version: string,
    targetPath: string,
    maxBytes: number,
  ): Promise<DownloadedPackage>
  search(text: string, limit: number): Promise<readonly PackageSummary[]>
}

export interface PackageVersions {
  readonly packageName: string
  readonly repository: string
  readonly distTags: Readonly<Record<string, string>>
  readonly versions: readonly {
    readonly version: string
    readonly integrity: string
    readonly deprecated?: string
    /** ISO 8601. */
    readonly publishedAt?: string
  }[]
}

export interface DownloadedPackage {
  readonly repository: string
  readonly path: string
  readonly integrity: string
  readonly sizeBytes: number
}

export interface PackageSummary {
  readonly packageName: string
  readonly repository: string
  readonly description: string
  readonly latestVersion: string
}
