import type { DebugResult, ExecutionEngine } from '@pinion/core/execution'
import { listExpressionReference } from '@pinion/core/expression'
import Type from 'typebox'
import { defineRoute, json, noBody, type Route, textBody } from '../http/index.ts'
import { EXPRESSION_BODY_BYTES } from '../limits.ts'

export interface ExpressionRoutesOptions {
  readonly engine: ExecutionEngine
}

const TAG = 'Expressions'
const NONE = Type.Object({})
/** What an expression evaluates to is 200 also when it fails: the request was understood, the template was not. */
const EVALUATED = Type.Object({
  result: Type.Optional(Type.String()),
  error: Type.Optional(
    Type.String({ description: 'What is wrong with the template, in place of a result.' }),
  ),
  code: Type.Optional(Type.String()),
  hint: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer({ description: 'In the template, from 1.' })),
  column: Type.Optional(Type.Integer()),
})

/** What expressions can use, and a place to try them. */
export function expressionRoutes({ engine }: ExpressionRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/expressions',
      tag: TAG,
      operationId: 'listExpressionReference',
      summary: 'Every function, filter, test, operator and tag of expressions, with signature and examples.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: () => {
        const results = listExpressionReference()
        return json({ results, total: results.length })
      },
    }),
    ...(['/{taskRunId}', ''] as const).map((ending) =>
      defineRoute({
        method: 'POST',
        path: `/api/v1/{tenant}/executions/{executionId}/eval${ending}`,
        tag: TAG,
        operationId: ending === '' ? 'evalExecutionExpression' : 'evalTaskRunExpression',
        summary:
          ending === ''
            ? 'Evaluate a template in the scope of an execution. Secrets are refused.'
            : 'Evaluate a template as a task run sees it. Secrets are refused.',
        // As changing a flow, whose author could read the same: files and key-value pairs, not only what the execution shows.
        role: 'editor',
        query: NONE,
        body: textBody(EXPRESSION_BODY_BYTES),
        answer: EVALUATED,
        handle: async ({ param, body, tenant }) => {
          const taskRunId = ending === '' ? undefined : param('taskRunId')
          return json(
            evaluatedView(await engine.debugExpression(tenant, param('executionId'), taskRunId, body)),
          )
        },
      }),
    ),
  ]
}

/** `error` is a text, as existing clients expect it. */
function evaluatedView(evaluated: DebugResult) {
  if ('result' in evaluated) return evaluated
  const { message, ...rest } = evaluated.error
  return { error: message, ...rest }
}
