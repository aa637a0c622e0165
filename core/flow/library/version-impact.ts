import type { CatalogSnapshot } from '../../plugin/index.ts'
import type { CompileResult } from '../compile/compile-flow.ts'
import type { FlowLock } from '../lock.ts'
import type { FlowProblem } from '../model.ts'
import type { FlowRepository, FlowRevisionRecord } from '../repository.ts'

/** One plugin of a flow that would run with another version. Paths as in the lock. */
export interface VersionMove {
  readonly path: string
  readonly type: string
  readonly from: string
  readonly to: string
}

/** What a change of the installed versions does to one flow. */
export interface FlowImpact {
  readonly flow: FlowRevisionRecord
  readonly moves: readonly VersionMove[]
  /** Errors that keep the flow from running; empty if it goes on. */
  readonly breaks: readonly FlowProblem[]
}

export interface ImpactOptions {
  readonly version?: string
  readonly catalog?: CatalogSnapshot
  readonly signal?: AbortSignal
}

/** Compares what each flow compiles to with its lock; flows that neither move nor break are left out. */
export async function findImpact(
  flows: FlowRepository,
  packageName: string,
  { version, signal }: ImpactOptions,
  compile: (record: FlowRevisionRecord) => Promise<CompileResult>,
): Promise<readonly FlowImpact[]> {
  const impacts: FlowImpact[] = []
  for (const record of await flows.listUsers(packageName)) {
    signal?.throwIfAborted()
    const { flow, problems } = await compile(record)
    const breaks = flow === undefined ? problems.filter(({ severity }) => severity === 'error') : []
    const moves = (flow === undefined ? [] : movesBetween(record.lock, flow.lock, packageName)).filter(
      ({ from, to }) => version === undefined || from === version || to === version,
    )
    if (breaks.length > 0 || moves.length > 0) impacts.push({ flow: record, moves, breaks })
  }
  return impacts
}

function movesBetween(before: FlowLock, after: FlowLock, packageName: string): readonly VersionMove[] {
  return Object.entries(after.entries).flatMap(([path, entry]) => {
    const old = Object.hasOwn(before.entries, path) ? before.entries[path] : undefined
    const isMove = old !== undefined && entry.packageName === packageName && old.version !== entry.version
    return isMove ? [{ path, type: entry.type, from: old.version, to: entry.version }] : []
  })
}
