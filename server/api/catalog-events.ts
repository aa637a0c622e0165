import type { Catalog, CatalogListener } from '@pinion/core/plugin'
import type { ServerEvent } from '../http/index.ts'

type Snapshot = Parameters<CatalogListener>[0]

/** What changed between two snapshots, as a client hears it. */
export interface CatalogChange {
  readonly generation: number
  readonly added: readonly VersionChange[]
  readonly changed: readonly VersionChange[]
  readonly removed: readonly Pick<VersionChange, 'packageName' | 'version'>[]
}

interface VersionChange {
  readonly packageName: string
  readonly version: string
  readonly state: string
  readonly reason: string | undefined
  readonly distTags: readonly string[]
  readonly types: readonly string[]
}

/** The generation as it is, then each change of the catalog as it happens, until `signal` aborts. */
export async function* followCatalog(catalog: Catalog, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  let seen: Snapshot = catalog.current
  let changed = Promise.withResolvers<void>()
  const stop = catalog.onChange(() => changed.resolve())
  const abort = (): void => changed.resolve()
  signal.addEventListener('abort', abort)
  try {
    yield { id: String(seen.generation), event: 'catalog', data: { generation: seen.generation } }
    while (!signal.aborted) {
      if (catalog.current.generation === seen.generation) {
        await changed.promise
        changed = Promise.withResolvers<void>()
        continue
      }
      // A slow reader sees several changes as one.
      const current = catalog.current
      const change = changeBetween(seen, current)
      seen = current
      yield { id: String(current.generation), event: 'catalog', data: change }
    }
  } finally {
    stop()
    signal.removeEventListener('abort', abort)
  }
}

function changeBetween(before: Snapshot, after: Snapshot): CatalogChange {
  const old = new Map(before.records.map((record) => [`${record.packageName}@${record.version}`, record]))
  const added: VersionChange[] = []
  const changed: VersionChange[] = []
  for (const record of after.records) {
    const key = `${record.packageName}@${record.version}`
    const known = old.get(key)
    old.delete(key)
    if (known === record) continue
    const list = known === undefined ? added : changed
    list.push({
      packageName: record.packageName,
      version: record.version,
      state: record.state,
      reason: record.reason,
      distTags: record.distTags,
      types: record.manifest.types.map(({ type }) => type),
    })
  }
  const removed = [...old.values()].map(({ packageName, version }) => ({ packageName, version }))
  return { generation: after.generation, added, changed, removed }
}
