import { ExpressionError } from '../errors.ts'
import { MAX_RENDER_PASSES } from '../limits.ts'
import { booleanArgument, textArgument } from '../reference/argument.ts'
import type { Call, FunctionDefinition } from '../reference/definition.ts'
import { hasDelimiter } from '../syntax/lexer.ts'
import { jsonText } from '../value/json-text.ts'
import { setOwn } from '../value/map.ts'
import { textOf } from '../value/text.ts'

const group = 'Rendering'

const expression = { name: 'expression', type: 'text', summary: 'A text that holds expressions.' } as const

export const RENDERING_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'render',
    group,
    summary: 'Renders a value that holds expressions itself, such as a flow variable.',
    parameters: [
      expression,
      {
        name: 'recursive',
        type: 'boolean',
        summary: 'Whether to render again until no expression is left.',
        isOptional: true,
        default: 'true',
      },
    ],
    mayWait: true,
    seesVariables: true,
    examples: [{ template: '{{ render("{{ 1 + 2 }}") }}', output: '3' }],
    call: ([text, recursive], call) =>
      booleanArgument(recursive, true)
        ? renderAll(textOf(text, call), MAX_RENDER_PASSES, call)
        : renderOnce(text, call),
  },
  {
    name: 'renderOnce',
    group,
    summary: 'The same as render(expression, recursive=false).',
    parameters: [expression],
    mayWait: true,
    seesVariables: true,
    examples: [{ template: '{{ renderOnce("{{ \'{{ 1 }}\' }}") }}', output: '{{ 1 }}' }],
    call: ([text], call) => renderOnce(text, call),
  },
  {
    name: 'printContext',
    group,
    summary: 'All variables as JSON, to find out what there is.',
    parameters: [],
    seesVariables: true,
    examples: [{ template: '{{ printContext() }}' }],
    call: (_args, call) => jsonText(withoutSecrets(call.allVariables()), call),
  },
  {
    name: 'block',
    group,
    summary: 'Renders the named block of the template again.',
    parameters: [{ name: 'name', type: 'text', summary: 'The name of the block.' }],
    mayWait: true,
    seesVariables: true,
    examples: [
      { template: '{% block "post" %}content{% endblock %} {{ block("post") }}', output: 'content content' },
    ],
    call: ([name], call) => call.renderBlock(textArgument(name, 'name', call)),
  },
  {
    name: 'parent',
    group,
    summary: 'Inside a block: what the block that it overrides renders.',
    parameters: [],
    mayWait: true,
    seesVariables: true,
    examples: [],
    call: (_args, call) => call.renderParentBlock(),
  },
]

/** Lists and maps are rendered as their text, so that what is in them is rendered too. */
function renderOnce(value: unknown, call: Call): string | Promise<string> {
  return call.renderText(textOf(value, call))
}

/** Renders until nothing changes or no expression is left. */
function renderAll(text: string, passes: number, call: Call): string | Promise<string> {
  if (!hasDelimiter(text)) return text
  if (passes === 0) {
    throw new ExpressionError(
      'EXPRESSION_LIMIT',
      `Expressions are left after ${MAX_RENDER_PASSES} passes of render().`,
      {
        hint: 'A value renders to itself. Use renderOnce().',
      },
    )
  }
  const next = (rendered: string): string | Promise<string> =>
    rendered === text ? rendered : renderAll(rendered, passes - 1, call)
  const rendered = call.renderText(text)
  return rendered instanceof Promise ? rendered.then(next) : next(rendered)
}

/** Where the platform keeps what is only there to decrypt: never shown, whatever asks. */
const HIDDEN: ReadonlySet<string> = new Set(['secrets', 'secretConsumer', 'addSecretConsumer'])

function withoutSecrets(variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(variables)) if (!HIDDEN.has(name)) setOwn(shown, name, value)
  return shown
}
