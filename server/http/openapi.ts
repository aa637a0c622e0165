import type { TObject, TSchema } from 'typebox'
import type { Route } from './route.ts'

/** An OpenAPI 3.1 document of the routes, from the very schemas that check the requests. */
export function openApiDocument(routes: readonly Route[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of [...routes].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pinion',
      version,
      description: 'Paths with `{tenant}` are served without it as well; the tenant is then `main`.',
    },
    paths,
    components: {
      securitySchemes: {
        basicAuth: { type: 'http', scheme: 'basic' },
        bearerAuth: { type: 'http', scheme: 'bearer' },
      },
      schemas: { Error: ERROR_SCHEMA },
    },
  }
}

const ERROR_SCHEMA = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', description: 'Never changes its meaning; docs/errors.md has them all.' },
    message: { type: 'string' },
    hint: { type: 'string', description: 'What to do about it.' },
    at: {
      type: 'object',
      properties: {
        file: { type: 'string' },
        line: { type: 'integer' },
        column: { type: 'integer' },
        path: { type: 'string' },
      },
    },
    problems: { type: 'array', items: { type: 'object', required: ['message'] } },
  },
}

function operation(route: Route) {
  const { body } = route
  return {
    tags: [route.tag],
    operationId: route.operationId,
    summary: route.summary,
    description: route.role === 'open' ? 'Needs no login.' : `Needs the role ${route.role}.`,
    security: route.role === 'open' ? [] : [{ basicAuth: [] }, { bearerAuth: [] }],
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
    ...(body.mediaTypes.length === 0
      ? {}
      : {
          requestBody: {
            required: body.isRequired,
            content: Object.fromEntries(body.mediaTypes.map((type) => [type, { schema: body.schema ?? {} }])),
          },
        }),
    responses: {
      '2XX': { description: 'Done.', ...(route.answer === undefined ? {} : answerContent(route.answer)) },
      default: {
        description: 'Not done.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function answerContent(schema: TSchema) {
  return { content: { 'application/json': { schema } } }
}

function pathParameters(path: string) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(query: TObject) {
  // Absent where every parameter is optional, whatever its type says.
  const required: readonly string[] = 'required' in query ? query.required : []
  return Object.entries(query.properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name) && !('default' in schema),
    schema,
  }))
}
