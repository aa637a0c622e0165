import type { Static, TObject } from 'typebox'
import { ServerError } from '../errors.ts'
import { compileCheck } from './validator.ts'

/**
 * Reads a query by its schema. A list may come as repeated names or with commas, as clients do both; a single value
 * given twice is refused. Names that the schema does not know are passed over, since existing clients send more.
 */
export function queryReader<Query extends TObject>(
  schema: Query,
): (search: URLSearchParams) => Static<Query> {
  const check = compileCheck(schema, 'query')
  const properties = Object.entries(schema.properties)
  return (search) => {
    const given: Record<string, unknown> = {}
    for (const [name, property] of properties) {
      const values = search.getAll(name)
      if (values.length === 0) continue
      if (isList(property))
        given[name] = 'x-repeated' in property ? values : values.flatMap((value) => value.split(','))
      else if (values.length === 1) given[name] = values[0]
      else
        throw new ServerError('HTTP_REQUEST_INVALID', `The query has "${name}" ${values.length} times.`, {
          at: { path: `query.${name}` },
          hint: 'Give it once.',
        })
    }
    return check(given)
  }
}

function isList(property: object): boolean {
  return 'type' in property && property.type === 'array'
}
