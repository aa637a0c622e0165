import type { JsonValue } from '@pinion/plugin-sdk/manifest'
import { compileTemplate, ExpressionError, isTemplate, type TemplateProblem } from '../../expression/index.ts'
import { findNearestName } from '../../plugin/index.ts'
import { MAX_SUGGESTED_IDS } from '../limits.ts'
import { formatPath, type PropertyPath } from '../path/property-path.ts'
import type { CompileContext, KnownNames } from './context.ts'
import { findReferences, type StaticReference } from './static-references.ts'

/**
 * Checks every text within a value: the syntax of its expressions, and whether the tasks and inputs that they surely
 * refer to exist. The latter are warnings, because an expression may never be reached.
 *
 * @param skipped - formatted paths of texts that are never rendered
 */
export function checkTemplates(
  context: CompileContext,
  value: JsonValue,
  path: PropertyPath,
  skipped: ReadonlySet<string> = new Set(),
): void {
  if (typeof value === 'string') {
    if (isTemplate(value) && !skipped.has(formatPath(path))) checkText(context, value, path, 'value')
    return
  }
  if (value === null || typeof value !== 'object') return
  for (const [name, item] of Object.entries(value)) {
    const below = [...path, Array.isArray(value) ? Number(name) : name]
    if (isTemplate(name)) checkText(context, name, below, 'key')
    checkTemplates(context, item, below, skipped)
  }
}

function checkText(
  { known, problems, yaml }: CompileContext,
  text: string,
  path: PropertyPath,
  at: 'key' | 'value',
): void {
  const faults = faultsOf(text)
  for (const { code, message, hint, line, column } of faults) {
    const place = at === 'key' ? yaml.locate(path, 'key') : yaml.locateInText(path, { line, column })
    problems.add(path, { code, message, hint, place })
  }
  if (faults.length > 0) return
  for (const reference of findReferences(text)) {
    const fault = unknownReference(reference, known)
    if (fault !== undefined) {
      problems.add(path, { severity: 'warning', code: 'FLOW_REFERENCE_UNKNOWN', at, ...fault })
    }
  }
}

/** Compiles, and so leaves the template ready for the value that it stands in. */
function faultsOf(text: string): readonly TemplateProblem[] {
  try {
    compileTemplate(text)
    return []
  } catch (error) {
    if (error instanceof ExpressionError) return error.problems
    throw error
  }
}

function unknownReference(
  { root, name, isDotted, tail }: StaticReference,
  known: KnownNames,
): { readonly message: string; readonly hint: string } | undefined {
  const ids = root === 'inputs' ? known.inputs : known.tasks
  const written = isDotted ? `${root}.${name}` : `${root}['${name}']`
  if (isDotted && ids.has(name + tail) && tail !== '') {
    return {
      message: `\`${written}${tail}\` subtracts: a name with "-" cannot follow a dot.`,
      hint: `Write ${root}['${name}${tail}'].`,
    }
  }
  if (ids.has(name) || isPrefixOf(name, ids)) return undefined
  const noun = root === 'inputs' ? 'input' : 'task'
  const nearest = ids.size > MAX_SUGGESTED_IDS ? undefined : findNearestName(name, ids)
  return {
    message: `The flow has no ${noun} "${name}", which \`${written}\` refers to.`,
    hint:
      nearest === undefined
        ? `Declare the ${noun}, or guard the expression: {{ ${written} ?? '…' }}.`
        : `Did you mean "${nearest}"?`,
  }
}

function isPrefixOf(name: string, ids: ReadonlySet<string>): boolean {
  for (const id of ids) if (id.startsWith(`${name}.`)) return true
  return false
}
