import type { PropertyDescription, TypeDescription } from '@pinion/core/plugin'

/** A type's page as Markdown: for `pinion plugins doc` and for editors. */
export function typeMarkdown(description: TypeDescription): string {
  return [
    `# ${description.title}`,
    `\`type: ${description.type}\` · ${description.packageName}@${description.version}`,
    description.deprecated === undefined ? '' : `> Deprecated. ${description.deprecated.message}`,
    description.isBeta ? '> Beta: it may still change.' : '',
    description.description ?? '',
    section(
      'Examples',
      description.examples.map(({ title, code }) => `${title}\n\n\`\`\`yaml\n${code.trimEnd()}\n\`\`\``),
    ),
    ...description.propertyGroups.map(({ name, properties }) =>
      section(`Properties: ${name}`, properties.map(property)),
    ),
    section('Outputs', description.outputs.map(property)),
    section(
      'Metrics',
      description.metrics.map((metric) =>
        `- \`${metric.name}\` (${metric.type}${metric.unit === undefined ? '' : `, ${metric.unit}`}) ${metric.description ?? ''}`.trimEnd(),
      ),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

function section(title: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `## ${title}\n\n${parts.join('\n\n')}`
}

function property(described: PropertyDescription): string {
  const facts = [
    described.type,
    described.isRequired ? 'required' : '',
    described.isDynamic ? 'dynamic' : '',
    described.isSecret ? 'secret' : '',
    described.isDeprecated ? 'deprecated' : '',
    described.default === undefined ? '' : `default \`${JSON.stringify(described.default)}\``,
    described.choices === undefined
      ? ''
      : described.choices.map((choice) => `\`${JSON.stringify(choice)}\``).join(', '),
    ...described.constraints,
  ].filter((fact) => fact !== '')
  const text = described.description ?? described.title ?? ''
  return `### \`${described.name}\`\n\n*${facts.join(' · ')}*${text === '' ? '' : `\n\n${text}`}`
}
