import type { BuildFault } from '../errors.ts'
import type { ParsedPackage } from './package-fields.ts'
import type { PluginType } from './plugin-types.ts'
import type { ProjectFiles } from './project-files.ts'

const GROUP_ICON = 'plugin-icon'

/** What must hold between the files of a plugin, beyond each file alone. */
export function checkPlugin(
  files: ProjectFiles,
  { document, fields }: ParsedPackage,
  types: readonly PluginType[],
): readonly BuildFault[] {
  const faults: BuildFault[] = [...checkNames(types)]
  if (!files.icons.has(GROUP_ICON)) {
    faults.push({
      code: 'BUILD_ICON_MISSING',
      message: 'The plugin has no icon.',
      hint: `Add icons/${GROUP_ICON}.svg.`,
      file: `icons/${GROUP_ICON}.svg`,
      line: 1,
      column: 1,
    })
  }
  if (fields === undefined || types.length === 0) return faults
  faults.push(...checkLayout(fields.group, types))
  const subgroups = new Set(types.map(({ subgroup }) => subgroup))
  for (const icon of files.icons.keys()) {
    if (icon === GROUP_ICON || subgroups.has(icon)) continue
    faults.push({
      code: 'BUILD_SUBGROUP_UNKNOWN',
      message: `No type of the plugin is in "${icon}", which this icon is named after.`,
      hint: `Name it after one of ${[...subgroups].join(', ')}.`,
      file: `icons/${icon}.svg`,
      line: 1,
      column: 1,
    })
  }
  for (const id of Object.keys(fields.subgroups)) {
    if (subgroups.has(id)) continue
    faults.push({
      code: 'BUILD_SUBGROUP_UNKNOWN',
      message: `No type of the plugin is in the subgroup "${id}".`,
      hint: `The subgroups are ${[...subgroups].join(', ')}.`,
      file: 'package.json',
      ...document.positionOfKey(['pinion', 'subgroups', id]),
    })
  }
  return faults
}

/** Docs show either one list of types or one list per subgroup (reference: document, package layout). */
function checkLayout(group: string, types: readonly PluginType[]): readonly BuildFault[] {
  const inRoot = types.filter(({ subgroup }) => subgroup === group)
  if (inRoot.length === 0 || inRoot.length === types.length) return []
  return inRoot.map(({ code, schema, type }) => ({
    code: 'BUILD_LAYOUT_MIXED',
    message: `${type} is in the group itself while other types are in subgroups.`,
    hint: 'Move all types into subgroups (folders below src), or none.',
    file: code?.codePath ?? schema.parsed.file,
    line: 1,
    column: 1,
  }))
}

function checkNames(types: readonly PluginType[]): readonly BuildFault[] {
  const owners = new Map<string, PluginType>()
  const faults: BuildFault[] = []
  const claim = (id: string, owner: PluginType, path: readonly (string | number)[]) => {
    const other = owners.get(id)
    if (other === undefined) owners.set(id, owner)
    else {
      const { document, file } = owner.schema.parsed
      faults.push({
        code: 'BUILD_TYPE_CONFLICT',
        message: `"${id}" is taken by ${other === owner ? 'this type already' : (other.code?.codePath ?? other.schema.parsed.file)}.`,
        hint: 'Every type id and alias may stand for one type only.',
        file,
        ...document.positionOf(path),
      })
    }
  }
  for (const type of types) claim(type.type, type, ['type'])
  for (const type of types) {
    type.declared.aliases?.forEach((alias, index) => {
      claim(alias, type, ['aliases', index])
    })
  }
  return faults
}
