import { ionText } from '../ion/ion-text.ts'
import { runJq } from '../jq/jq.ts'
import { textArgument } from '../reference/argument.ts'
import type { FilterDefinition } from '../reference/definition.ts'
import { isJson, readJson } from '../value/json-reader.ts'
import { jsonText } from '../value/json-text.ts'
import { readYaml, yamlText } from '../value/yaml-text.ts'

const group = 'JSON, YAML and Ion'

export const STRUCTURED_FILTERS: readonly FilterDefinition[] = [
  {
    name: 'toJson',
    aliases: ['json', 'jsonEncode'],
    group,
    summary: 'The value as JSON text.',
    parameters: [],
    acceptsNull: true,
    examples: [
      { template: '{{ [1, 2, 3] | toJson }}', output: '[1,2,3]' },
      { template: '{{ "foo" | toJson }}', output: '"foo"' },
    ],
    apply: (input, _args, call) => jsonText(input, call),
  },
  {
    name: 'toIon',
    group,
    summary: 'The value as Amazon Ion text.',
    parameters: [],
    acceptsNull: true,
    examples: [{ template: '{{ fromIon({"a": 1} | toIon).a }}', output: '1' }],
    apply: (input, _args, call) => ionText(input, call),
  },
  {
    name: 'jq',
    group,
    summary: 'All results of a jq program, always as a list. A text that is JSON is parsed first.',
    parameters: [{ name: 'expression', type: 'text', summary: 'A jq program.' }],
    acceptsNull: true,
    examples: [
      { template: '{{ [1, 2, 3] | jq(".[0]") | first }}', output: '1' },
      { template: '{{ {"a": [1, 2]} | jq(".a[] | . * 2") }}', output: '[2,4]' },
    ],
    apply: (input, [expression], call) =>
      runJq(
        textArgument(expression, 'expression', call),
        typeof input === 'string' && isJson(input, call) ? readJson(input, call) : input,
        call,
      ),
  },
  {
    name: 'yaml',
    group,
    summary: 'A text is read as YAML; any other value is written as YAML text.',
    parameters: [],
    examples: [
      { template: '{{ ("foo: bar" | yaml).foo }}', output: 'bar' },
      { template: '{{ {"key": "value"} | yaml | trim }}', output: 'key: value' },
    ],
    apply: (input, _args, call) =>
      typeof input === 'string' ? readYaml(input, call) : yamlText(input, call),
  },
]
