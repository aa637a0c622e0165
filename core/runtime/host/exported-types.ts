import type { HostBundle } from '../protocol/messages.ts'

export interface ExportedType {
  readonly type: string
  readonly kind: string
  readonly hasRun: boolean
  readonly hasEvaluate: boolean
}

/** Compares what a manifest promises with what a bundle exports. @returns a sentence for each fault */
export function missingTypes(promised: HostBundle['types'], exported: readonly ExportedType[]): string[] {
  return promised.flatMap(({ type, kind }) => {
    const found = exported.find((candidate) => candidate.type === type)
    if (found === undefined) return [`It does not export ${type}.`]
    if (kind !== undefined && found.kind !== kind) return [`${type} is a ${found.kind}, not a ${kind}.`]
    if (found.kind === 'task' && !found.hasRun) return [`The task ${type} has no \`run\`.`]
    if (found.kind === 'trigger' && !found.hasEvaluate) return [`The trigger ${type} has no \`evaluate\`.`]
    return []
  })
}
