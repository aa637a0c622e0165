import { readIon } from '../ion/ion-text.ts'
import { textArgument } from '../reference/argument.ts'
import type { FunctionDefinition } from '../reference/definition.ts'
import { readJson } from '../value/json-reader.ts'
import { readYaml } from '../value/yaml-text.ts'

const group = 'Parsing'

export const PARSING_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'fromJson',
    aliases: ['json', 'jsonDecode'],
    group,
    summary: 'The value that a JSON text holds; null for null. Numbers keep every digit.',
    parameters: [{ name: 'json', type: 'text', summary: 'JSON text.' }],
    examples: [
      { template: "{{ fromJson('[1, 2, 3]')[0] }}", output: '1' },
      { template: '{{ json(\'{"foo": [42,43]}\').foo[0] }}', output: '42' },
    ],
    call: ([json], call) => (json === null ? null : readJson(textArgument(json, 'json', call), call)),
  },
  {
    name: 'fromIon',
    aliases: ['ionDecode'],
    group,
    summary: 'The value that an Ion text holds: its first value.',
    parameters: [
      { name: 'ion', type: 'text', summary: 'Amazon Ion text.' },
      {
        name: 'allRows',
        type: 'boolean',
        summary: 'Whether to give a list of all values.',
        isOptional: true,
        default: 'false',
      },
    ],
    examples: [{ template: '{{ fromIon("{a:1}").a }}', output: '1' }],
    call: ([ion, allRows], call) =>
      ion === null ? null : readIon(textArgument(ion, 'ion', call), allRows === true, call),
  },
  {
    name: 'yaml',
    group,
    summary: 'The value that a YAML text holds.',
    parameters: [{ name: 'yaml', type: 'text', summary: 'YAML text.' }],
    examples: [{ template: "{{ yaml('foo: [666, 1, 2]').foo[0] }}", output: '666' }],
    call: ([yaml], call) => (yaml === null ? null : readYaml(textArgument(yaml, 'yaml', call), call)),
  },
]
