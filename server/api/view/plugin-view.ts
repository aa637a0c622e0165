import type { PluginGroup, TypeDescription, TypeSchema, TypeSummary } from '@pinion/core/plugin'
import { typeMarkdown } from './type-markdown.ts'

/** One entry of the plugin list as existing clients read it: a package, or one of its subgroups. */
export function pluginView(group: PluginGroup) {
  const elements = (types: readonly TypeSummary[] | undefined) =>
    (types ?? []).map(({ type, title, description, deprecated }) => ({
      cls: type,
      title,
      description,
      deprecated,
    }))
  return {
    name: group.packageName,
    title: group.title,
    description: group.description,
    longDescription: group.docs,
    group: group.group,
    subGroup: group.subgroup,
    version: group.version,
    guides: group.guides,
    aliases: group.aliases,
    categories: group.categories,
    tasks: elements(group.types.task),
    triggers: elements(group.types.trigger),
    conditions: elements(group.types.condition),
    taskRunners: elements(group.types.taskRunner),
    logExporters: elements(group.types.logExporter),
    secrets: elements(group.types.secretManager),
    storages: elements(group.types.storage),
  }
}

/** A type's documentation: Markdown and schema as the reference has them, and the page's parts beside. */
export function documentationView(description: TypeDescription, schema: TypeSchema) {
  return {
    markdown: typeMarkdown(description),
    schema: {
      properties: {
        ...schema.properties,
        $examples: description.examples,
        $metrics: description.metrics,
        $beta: description.isBeta,
      },
      outputs: schema.outputs ?? { type: 'object', properties: {} },
      definitions: {},
    },
    documentation: description,
  }
}

/** Icons travel as base64 of the SVG text: a page shows them as images, which run no script. */
export function iconView(name: string, svg: string) {
  return { name, icon: Buffer.from(svg).toString('base64'), flowable: false }
}
