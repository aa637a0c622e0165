import { type ConfigKey, environmentVariable } from './config-key.ts'
import { CONFIG_KEYS, KEYS_WITHOUT_EFFECT } from './keys.ts'

/** The page `docs/configuration.md`; a test compares the two. */
export function configurationPage(): string {
  const rows = Object.values<ConfigKey<unknown>>(CONFIG_KEYS).map(
    (row) =>
      `| \`${row.key}\` | \`${environmentVariable(row.key)}\` | ${cell(row.kind.name)} | ${cell(shownDefault(row))} | ${cell(row.description + aliases(row))} |`,
  )
  const without = Object.entries(KEYS_WITHOUT_EFFECT).map(
    ([key, reason]) => `| \`${key}\` | ${cell(reason)} |`,
  )
  return `# Configuration

One YAML file with the root \`pinion:\` (\`kestra:\` is read as well): \`config.yaml\` in the data folder, or the one given
with \`--config\`. The same YAML may come as text in \`PINION_CONFIGURATION\` or \`KESTRA_CONFIGURATION\`. Single keys
come as environment variables with either prefix. Precedence, lowest first: file, configuration variable, environment
variable, command line.

Keys may be written in kebab-case or camelCase. \`\${NAME}\` and \`\${NAME:default}\` in a value take an environment variable
or another key; \`$\${\` is a literal \`\${\`. Durations (\`60s\`, \`5m\`, \`PT1H\`) and sizes (\`10MB\`) need their unit. Unknown
keys and wrong values stop the start, all listed at once, each with its source. A \`*\` (\`<NAME>\`) stands for a name of your choice.

| key | environment variable | value | default | meaning |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## Keys without effect

An existing configuration may hold these; the start says that they change nothing here.

| key | why |
| --- | --- |
${without.join('\n')}
`
}

function shownDefault(row: ConfigKey<unknown>): string {
  if (row.shownDefault !== undefined) return row.shownDefault
  if (row.fallback === '') return ''
  return typeof row.fallback === 'object'
    ? `\`${JSON.stringify(row.fallback)}\``
    : `\`${String(row.fallback)}\``
}

function aliases(row: ConfigKey<unknown>): string {
  const names = [...row.aliases, ...row.environment]
  return names.length === 0 ? '' : ` Also: ${names.map((name) => `\`${name}\``).join(', ')}.`
}

/** A pipe would end the table's cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
