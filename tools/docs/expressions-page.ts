import { listExpressionReference, type ReferenceEntry, type ReferenceKind } from '@pinion/core/expression'

/** The page `docs/expressions.md`, made from the table that the parser itself reads. */
export function expressionsPage(): string {
  const entries = listExpressionReference()
  const of = (kind: ReferenceKind): readonly ReferenceEntry[] =>
    entries.filter((entry) => entry.kind === kind)
  return [
    '# Expressions',
    INTRODUCTION,
    '## Functions',
    '`{{ name(arguments) }}`. Arguments may be given by name: `date(format="yyyy", timeZone="UTC")`.',
    ...grouped(of('function')),
    '## Filters',
    '`{{ value | name(arguments) }}`. Filters apply left to right. Null passes through all but `default`, `length`, `jq`, `toJson` and `toIon`.',
    ...grouped(of('filter')),
    '## Tests',
    '`{{ value is name }}`, `{{ value is not name }}`.',
    ...of('test').map(section),
    '## Operators',
    'Those further down bind tighter; all of one precedence are read from left to right.',
    ...of('operator').map(section),
    '## Tags',
    ...of('tag').map(section),
  ]
    .join('\n\n')
    .concat('\n')
}

const INTRODUCTION = `Texts in a flow's properties may hold expressions: \`{{ … }}\` prints a value, \`{% … %}\` controls what is rendered, \`{# … #}\` is a
comment. A \`-\` inside a delimiter (\`{{- … -}}\`) drops the white space next to it. A text is rendered once: what a value holds is
printed as it is, and \`render()\` is there for values that hold expressions themselves.

**Values.** Texts in single or double quotes (\`\\"\`, \`\\'\` and \`\\\\\` are escapes, every other backslash stands for itself; double quotes may
hold \`#{expression}\`), numbers (\`42\`, \`2.5\`, of any number of digits), \`true\`, \`false\`, \`null\`, lists \`[1, 2]\` and maps \`{"key": value}\`.
Two integers divide to an integer. Null prints nothing, lists and maps print as JSON, dates as ISO 8601.

**Access.** \`foo.bar\`, \`foo["bar-with-dash"]\`, \`items[0]\`. Only own entries of data can be reached. What does not exist is an error that
names what does, unless \`??\`, \`???\`, \`is defined\` or \`default\` allows for it. The branch of \`? :\`, \`and\`, \`or\` and \`??\` that is not
needed is not evaluated.

**Dates** are formatted in the zone asked for, else the instance's, else UTC. Texts are read as ISO 8601 unless \`existingFormat\` says
otherwise, numbers as Unix timestamps.

**Bounds.** A template that loops, nests, prints or computes too much fails with \`EXPRESSION_LIMIT\` and disturbs nothing else. Regular
expressions have Java's syntax without look-around and back references, and take linear time.`

function grouped(entries: readonly ReferenceEntry[]): readonly string[] {
  const groups = [...new Set(entries.map(({ group }) => group))]
  return groups.flatMap((group) => [
    `### ${group}`,
    ...entries.filter((entry) => entry.group === group).map((entry) => section(entry)),
  ])
}

function section(entry: ReferenceEntry): string {
  const heading = `#### \`${entry.signature}\``
  const aliases = entry.aliases.map((alias) => `\`${alias}\``).join(', ')
  const parts = [heading, entry.summary + (aliases === '' ? '' : ` Also: ${aliases}.`)]
  if (entry.parameters.length > 0) parts.push(entry.parameters.map(parameterLine).join('\n'))
  if (entry.examples.length > 0)
    parts.push(`\`\`\`twig\n${entry.examples.map(exampleLines).join('\n')}\n\`\`\``)
  return parts.join('\n\n')
}

function parameterLine({
  name,
  type,
  summary,
  isOptional,
  default: fallback,
}: ReferenceEntry['parameters'][number]): string {
  const optional = fallback === undefined ? (isOptional ? ' Optional.' : '') : ` Default: ${fallback}.`
  return `- \`${name}\` (${type}): ${summary}${optional}`
}

function exampleLines({ template, output }: ReferenceEntry['examples'][number]): string {
  return output === undefined ? template : `${template} {# ${JSON.stringify(output)} #}`
}
