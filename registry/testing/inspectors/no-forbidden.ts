import { stat } from 'node:fs/promises'
import type { InspectionResult, TarballToInspect } from '../../embedded/child/inspector.ts'

/** Refuses versions whose description says so, with two problems; throws if it says that. */
export async function inspect({
  path,
  name,
  version,
  packument,
}: TarballToInspect): Promise<InspectionResult> {
  const { size } = await stat(path)
  const text = JSON.stringify(packument['versions'])
  if (text.includes('inspector-throws')) throw new Error('the inspector has a bug')
  if (!text.includes('inspector-refuses')) return { ok: true }
  return {
    ok: false,
    problems: [`${name}@${version} has no icon`, `its tarball of ${size > 0} bytes has no manifest`],
  }
}
