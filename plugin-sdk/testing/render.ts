import { SdkError } from '../errors.ts'
import type { JsonObject, JsonValue } from '../manifest/index.ts'
import { isJsonObject } from '../schema/index.ts'

/**
 * Renders `{{ name.of.variable }}`. Filters, functions and blocks are the platform's: what needs them is tested
 * with a flow.
 *
 * @throws SdkError `PLUGIN_TEST_CONTEXT_LACKS` for anything but a variable that the test gave
 */
export function renderVariables(template: string, variables: JsonObject): string {
  return template.replaceAll(/\{\{-?\s*([\s\S]*?)\s*-?\}\}/g, (_match, expression: string) => {
    if (!/^[A-Za-z_]\w*(\.\w+)*$/.test(expression)) {
      throw new SdkError(
        'PLUGIN_TEST_CONTEXT_LACKS',
        `The test kit renders variables only, not "${expression}".`,
        {
          hint: 'Give createTaskContext a `render` of your own, or test it with a flow: runFlow from @pinion/core/testing.',
        },
      )
    }
    const value = expression
      .split('.')
      .reduce<JsonValue | undefined>(
        (scope, name) => (isJsonObject(scope) ? scope[name] : undefined),
        variables,
      )
    if (value === undefined) {
      throw new SdkError('PLUGIN_TEST_CONTEXT_LACKS', `The test gave no variable "${expression}".`, {
        hint: 'Give it: { variables: { … } }.',
      })
    }
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}
