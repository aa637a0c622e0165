import type { FlowRevisionRecord } from '@pinion/core/flow'
import { parse } from 'yaml'
import { asJson, isJsonObject, type JsonObject } from '../../json.ts'
import { JSON_DEPTH } from '../../limits.ts'
import { isoDate } from './iso.ts'

/** A flow as existing clients read it: what the source says, with the revision; the lock and who saved it stand beside. */
export function flowView(record: FlowRevisionRecord, { withSource }: { readonly withSource: boolean }) {
  return {
    ...contentOf(record.source),
    id: record.flowId,
    namespace: record.namespace,
    tenantId: record.tenant,
    revision: record.revision,
    deleted: record.deleted,
    updated: isoDate(record.createdAtMs),
    updatedBy: record.createdBy,
    lock: record.lock,
    ...(withSource ? { source: record.source } : {}),
  }
}

/** A saved source was checked when it was saved, with tighter bounds than these. */
function contentOf(source: string): JsonObject {
  const content = asJson(parse(source, { maxAliasCount: 100 }) ?? {}, JSON_DEPTH)
  return isJsonObject(content) ? content : {}
}
