import type { ErrorObject } from 'ajv'
import { isJsonObject } from '../manifest/index.ts'

/**
 * Keeps the errors worth showing. For a value that fits none of several forms the validator reports every form's
 * errors and a summary: where one form is clearly meant, its errors stay; otherwise the summary alone.
 */
export function selectErrors(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  let kept: ErrorObject[] = []
  for (const error of errors) {
    // Says only that a branch failed; what failed in it is reported as well.
    if (error.keyword === 'if') continue
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      kept.push(error)
      continue
    }
    const branches = branchPrefixes(error)
    const branchOf = (other: ErrorObject) =>
      other.instancePath.startsWith(error.instancePath)
        ? branches.findIndex((prefixes) => prefixes.some((prefix) => other.schemaPath.startsWith(prefix)))
        : -1
    const meant = findMeantBranch(error, kept, branchOf, branches.length)
    kept = kept.filter((other) => branchOf(other) === -1 || branchOf(other) === meant)
    if (meant === undefined) kept.push(error)
  }
  return kept
}

/** The only branch whose type, and whose fixed values, the value agrees with. */
function findMeantBranch(
  summary: ErrorObject,
  errors: readonly ErrorObject[],
  branchOf: (error: ErrorObject) => number,
  branchCount: number,
): number | undefined {
  // More than one form fits: there is nothing to choose between.
  if (summary.keyword === 'oneOf' && Array.isArray(summary.params['passingSchemas'])) return undefined
  const open = Array.from({ length: branchCount }, (_, index) => index).filter(
    (index) =>
      !errors.some(
        (error) =>
          branchOf(error) === index &&
          (error.keyword === 'const' ||
            (error.keyword === 'type' && error.instancePath === summary.instancePath)),
      ),
  )
  return open.length === 1 ? open[0] : undefined
}

/** By branch, how the schema paths of its errors start: below itself, or in the definition it refers to. */
function branchPrefixes(summary: ErrorObject): readonly (readonly string[])[] {
  const branches: unknown = summary.schema
  if (!Array.isArray(branches)) return []
  return branches.map((branch, index) => {
    const reference = referenceOf(branch)
    const own = `${summary.schemaPath}/${index}/`
    return reference === undefined ? [own] : [own, `${reference}/`]
  })
}

function referenceOf(branch: unknown): string | undefined {
  if (!isJsonObject(branch)) return undefined
  const target = isJsonObject(branch['else']) ? branch['else'] : branch
  const reference = target['$ref']
  return typeof reference === 'string' ? reference : undefined
}
