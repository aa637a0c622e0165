import { createHash } from 'node:crypto'
import {
  type BundleFile,
  MANIFEST_VERSION,
  type PluginManifest,
  type PluginTypeManifest,
  type SubgroupManifest,
} from '../manifest/index.ts'
import { readGuide, titleOf } from './docs.ts'
import type { PackageFields } from './package-fields.ts'
import type { PluginType } from './plugin-types.ts'
import type { ProjectFiles } from './project-files.ts'

export const BUNDLE_PATH = 'dist/bundle.js'
export const SOURCE_MAP_PATH = 'dist/bundle.js.map'

/** Puts together what is written to `dist/manifest.json`. The same sources give the same manifest. */
export function assembleManifest(
  files: ProjectFiles,
  fields: PackageFields,
  types: readonly PluginType[],
  bundle: { readonly code: Uint8Array; readonly sourceMap: Uint8Array },
): PluginManifest {
  return {
    manifestVersion: MANIFEST_VERSION,
    name: fields.name,
    version: fields.version,
    runtime: fields.runtime,
    requires: fields.requires,
    group: fields.group,
    title: fields.title,
    description: fields.description,
    icon: files.icons.get('plugin-icon')?.text ?? '',
    ...(files.docs === undefined ? {} : { docs: files.docs.text }),
    guides: files.guides.map(readGuide),
    permissions: fields.permissions,
    bundle: describeFile(BUNDLE_PATH, bundle.code),
    sourceMap: describeFile(SOURCE_MAP_PATH, bundle.sourceMap),
    subgroups: subgroupsOf(files, fields, types),
    types: types.map(typeManifest),
  }
}

function describeFile(file: string, content: Uint8Array): BundleFile {
  const sha512 = `sha512-${createHash('sha512').update(content).digest('base64')}`
  return { file, sha512, sizeBytes: content.byteLength }
}

function typeManifest({ type, declared, schema }: PluginType): PluginTypeManifest {
  return {
    type,
    kind: declared.kind,
    title: declared.title ?? '',
    ...(declared.description === undefined ? {} : { description: declared.description }),
    properties: declared.properties,
    ...(declared.outputs === undefined ? {} : { outputs: declared.outputs }),
    metrics: declared.metrics ?? [],
    examples: schema.examples.map(({ title, code, isFull }) => ({ title, code, full: isFull })),
    aliases: declared.aliases ?? [],
    ...(declared.deprecated === undefined ? {} : { deprecated: declared.deprecated }),
    ...(declared.beta === undefined ? {} : { beta: declared.beta }),
    ...(declared.executedBy === undefined ? {} : { executedBy: declared.executedBy }),
    ...(declared.freshContext === undefined ? {} : { freshContext: declared.freshContext }),
  }
}

/** One for each package part of the type ids; what package.json leaves out has the reference's defaults. */
function subgroupsOf(
  files: ProjectFiles,
  fields: PackageFields,
  types: readonly PluginType[],
): readonly SubgroupManifest[] {
  const ids = [...new Set(types.map(({ subgroup }) => subgroup))].filter((id) => id !== fields.group)
  return ids.sort().map((id) => {
    const { title, description, categories } = fields.subgroups[id] ?? {}
    const icon = files.icons.get(id)
    return {
      id,
      title: title ?? titleOf(id.slice(fields.group.length + 1)),
      ...(description === undefined ? {} : { description }),
      categories: categories ?? ['MISC'],
      ...(icon === undefined ? {} : { icon: icon.text }),
    }
  })
}
