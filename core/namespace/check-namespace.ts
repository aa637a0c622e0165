import type { NamespaceFault } from './errors.ts'
import { MAX_DESCRIPTION_LENGTH, MAX_JSON_LENGTH, MAX_PLUGIN_DEFAULTS } from './limits.ts'
import type { Namespace } from './model.ts'
import { isNamespaceName } from './name.ts'

/** A type id, or the beginning of one: dotted names without an empty part. */
const TYPE_OR_PREFIX = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/

/** Everything that is wrong with a namespace's record, in the order of its properties. */
export function checkNamespace(record: Namespace): readonly NamespaceFault[] {
  const faults: NamespaceFault[] = []
  const fault = (path: string, message: string) => faults.push({ path, message })

  if (!isNamespaceName(record.namespace)) {
    fault(
      'namespace',
      `"${record.namespace}" is no namespace: write parts of letters, digits, "_" and "-", joined by dots.`,
    )
  }
  if ((record.description?.length ?? 0) > MAX_DESCRIPTION_LENGTH) {
    fault('description', `The description has more than ${MAX_DESCRIPTION_LENGTH} characters.`)
  }
  if (JSON.stringify(record.variables).length > MAX_JSON_LENGTH) {
    fault('variables', `The variables have more than ${MAX_JSON_LENGTH} characters as JSON.`)
  }
  if (record.pluginDefaults.length > MAX_PLUGIN_DEFAULTS) {
    fault('pluginDefaults', `There are more than ${MAX_PLUGIN_DEFAULTS} plugin defaults.`)
  }
  if (JSON.stringify(record.pluginDefaults).length > MAX_JSON_LENGTH) {
    fault('pluginDefaults', `The plugin defaults have more than ${MAX_JSON_LENGTH} characters as JSON.`)
  }
  for (const [index, { type, values }] of record.pluginDefaults.entries()) {
    if (!TYPE_OR_PREFIX.test(type)) {
      fault(`pluginDefaults[${index}].type`, `"${type}" is no type id and no beginning of one.`)
    }
    const version = values['version']
    if (version !== undefined && typeof version !== 'string') {
      fault(
        `pluginDefaults[${index}].values.version`,
        'The version must be a text: put it into quotes, such as "1.0".',
      )
    }
  }
  return faults
}
