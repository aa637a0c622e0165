import type { ErrorObject } from 'ajv/dist/2020.js'

/**
 * Makes one fault of what a validator says about alternatives (`anyOf`, `oneOf`). Where one alternative is
 * clearly meant (its `const` properties match), only its own faults remain; otherwise one error says what would
 * have been allowed.
 *
 * @param describe - says in words what an error means, without its subject
 */
export function collapseAlternatives(
  errors: readonly ErrorObject[],
  describe: (error: ErrorObject) => string,
): readonly ErrorObject[] {
  const kept: ErrorObject[] = []
  // A validator reports the faults of the alternatives first, then that none fits.
  for (const error of errors) {
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      kept.push(error)
      continue
    }
    const branches = takeBranches(kept, error)
    const meant = meantBranch(branches, error)
    if (meant) kept.push(...meant)
    else kept.push({ ...error, message: messageOf(branches, error, describe) })
  }
  return kept
}

type Branches = ReadonlyMap<string, readonly ErrorObject[]>

function takeBranches(kept: ErrorObject[], alternatives: ErrorObject): Branches {
  const branches = new Map<string, ErrorObject[]>()
  for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
    const branch = branchOf(last, alternatives)
    if (branch === undefined) break
    kept.pop()
    branches.set(branch, [last, ...(branches.get(branch) ?? [])])
  }
  return branches
}

/**
 * Which alternative an error is about: its number, or that it stands in a definition, whose errors do not tell
 * who refers to it.
 */
function branchOf(error: ErrorObject, alternatives: ErrorObject): string | undefined {
  if (!error.instancePath.startsWith(alternatives.instancePath)) return undefined
  if (error.schemaPath.startsWith(`${alternatives.schemaPath}/`)) {
    return error.schemaPath.slice(alternatives.schemaPath.length + 1).split('/')[0]
  }
  const parent = alternatives.schemaPath.slice(0, -`/${alternatives.keyword}`.length)
  return error.schemaPath.startsWith(`${parent}/`) ? undefined : 'definition'
}

function meantBranch(branches: Branches, alternatives: ErrorObject): readonly ErrorObject[] | undefined {
  const candidates = [...branches.values()].filter((errors) =>
    errors.every((error) => {
      const isAboutWhole = error.instancePath === alternatives.instancePath
      const isAboutShape = error.keyword === 'required' || error.keyword.endsWith('Properties')
      return isAboutWhole ? isAboutShape : error.keyword !== 'const'
    }),
  )
  return candidates.length === 1 ? candidates[0] : undefined
}

function messageOf(
  branches: Branches,
  alternatives: ErrorObject,
  describe: (error: ErrorObject) => string,
): string {
  const passing: unknown = alternatives.params['passingSchemas']
  if (Array.isArray(passing)) return 'must fit exactly one of the alternatives, but fits several'
  const whole = [...branches.values()]
    .flat()
    .filter((error) => error.instancePath === alternatives.instancePath)
  const reasons = [...new Set([...whole].reverse().map(describe))]
  return reasons.length === 0 ? 'fits none of the alternatives' : reasons.join(' or ')
}
