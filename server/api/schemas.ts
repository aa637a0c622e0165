import { flowSchema } from '@pinion/core/flow'
import type { Catalog } from '@pinion/core/plugin'
import Type from 'typebox'
import { ServerError } from '../errors.ts'
import { defineRoute, json, noBody, type Route, text } from '../http/index.ts'
import { isJsonObject, type JsonObject } from '../json.ts'

export interface SchemaRoutesOptions {
  readonly catalog: Catalog
  /** `plugins.management.defaultVersion`. */
  readonly defaultVersion: string
}

const JSON_TYPE = 'application/json; charset=utf-8'
/** Megabytes with many plugins, and asked for often by editors: written out once for each state of the catalog. */
const written = new WeakMap<JsonObject, string>()

/** JSON Schemas of what is installed, as editors read them. */
export function schemaRoutes({ catalog, defaultVersion }: SchemaRoutesOptions): readonly Route[] {
  function flowText(): string {
    const schema = flowSchema(catalog.current, defaultVersion)
    const known = written.get(schema) ?? JSON.stringify(schema)
    written.set(schema, known)
    return known
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/schemas/flow.json',
      tag: 'Schemas',
      operationId: 'getFlowSchema',
      summary: 'JSON Schema (draft 07) of a flow with every installed type at every installed version.',
      role: 'viewer',
      query: Type.Object({}),
      body: noBody,
      handle: () => text(flowText(), JSON_TYPE),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/plugins/schemas/{type}',
      tag: 'Schemas',
      operationId: 'getSchemasFromType',
      summary:
        'JSON Schema of a flow, or of any task, trigger, condition, taskRunner or another kind of plugin.',
      role: 'viewer',
      query: Type.Object({ arrayOf: Type.Boolean({ default: false }) }),
      body: noBody,
      handle: ({ param, query }) => {
        const kind = param('type')
        if (kind.toLowerCase() === 'flow') return text(flowText(), JSON_TYPE)
        return json(schemaOfKind(flowSchema(catalog.current, defaultVersion), kind, query.arrayOf))
      },
    }),
  ]
}

/** The flow's schema defines each kind as `any:<kind>`. */
function schemaOfKind({ $schema, definitions }: JsonObject, kind: string, isList: boolean): JsonObject {
  const defined = isJsonObject(definitions) ? definitions : {}
  const kinds = Object.keys(defined).flatMap((name) => (name.startsWith('any:') ? [name.slice(4)] : []))
  const found = kinds.find((each) => each.toLowerCase() === kind.toLowerCase())
  if (found === undefined) {
    throw new ServerError('SCHEMA_NOT_FOUND', `There is no schema of "${kind}".`, {
      hint: `There are: flow, ${kinds.join(', ')}.`,
    })
  }
  const reference = { $ref: `#/definitions/any:${found}` }
  return {
    ...($schema === undefined ? {} : { $schema }),
    definitions: defined,
    ...(isList ? { type: 'array', items: reference } : reference),
  }
}
