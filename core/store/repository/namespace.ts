import type { Namespace, NamespaceRepository } from '../../namespace/index.ts'
import type { Database } from '../database/database.ts'
import { compile, type Row, sql } from '../database/query.ts'
import { MAX_NAME_CHARS, MAX_TENANT_CHARS } from '../limits.ts'
import { boundedJson, boundedKey, boundedText } from './bounds.ts'
import { type Draft, json, optionalText, text } from './column.ts'

export function createNamespaceRepository(database: Database): NamespaceRepository {
  return {
    async find(tenant, namespace) {
      const query = sql('SELECT * FROM namespaces WHERE tenant = ? AND namespace = ?', tenant, namespace)
      const [row] = await database.read((session) => session.all(query))
      return row === undefined ? undefined : toNamespace(row)
    },

    async list(tenant) {
      const query = sql('SELECT * FROM namespaces WHERE tenant = ? ORDER BY namespace', tenant)
      return (await database.read((session) => session.all(query))).map(toNamespace)
    },

    async save(namespace) {
      const of = (what: string): string => `${what} of the namespace ${namespace.namespace}`
      const query = database.builder
        .insert({
          tenant: boundedKey(namespace.tenant, MAX_TENANT_CHARS, 'tenant'),
          namespace: boundedKey(namespace.namespace, MAX_NAME_CHARS, 'namespace'),
          description:
            namespace.description === undefined
              ? null
              : boundedText(namespace.description, of('description')),
          variables: boundedJson(namespace.variables, of('variables')),
          plugin_defaults: boundedJson(namespace.pluginDefaults, of('plugin defaults')),
        })
        .into('namespaces')
        .onConflict(['tenant', 'namespace'])
        .merge(['description', 'variables', 'plugin_defaults'])
      await database.write((session) => session.run(compile(query)))
    },

    async remove(tenant, namespace) {
      const query = sql('DELETE FROM namespaces WHERE tenant = ? AND namespace = ?', tenant, namespace)
      return (await database.write((session) => session.run(query))) > 0
    },
  }
}

function toNamespace(row: Row): Namespace {
  const namespace: Draft<Namespace> = {
    tenant: text(row, 'tenant'),
    namespace: text(row, 'namespace'),
    variables: json(row, 'variables'),
    pluginDefaults: json(row, 'plugin_defaults'),
  }
  const description = optionalText(row, 'description')
  if (description !== undefined) namespace.description = description
  return namespace
}
