import type { PluginVersionRecord, PluginVersionRepository } from '../../plugin/index.ts'
import type { Database } from '../database/database.ts'
import { compile, type Row, sql } from '../database/query.ts'
import {
  MAX_LARGE_DOCUMENT_BYTES,
  MAX_NAME_CHARS,
  MAX_PACKAGE_NAME_CHARS,
  MAX_VERSION_CHARS,
} from '../limits.ts'
import { boundedJson, boundedKey, boundedText } from './bounds.ts'
import { type Draft, json, number, oneOf, optionalText, text } from './column.ts'
import { INSTALL_STATES } from './known-words.ts'

const KEY = ['package_name', 'version']

export function createPluginVersionRepository(database: Database): PluginVersionRepository {
  return {
    async list() {
      const query = sql('SELECT * FROM plugin_versions ORDER BY package_name, installed_at_ms, version')
      return (await database.read((session) => session.all(query))).map(toPluginVersion)
    },

    async find(packageName, version) {
      const text = 'SELECT * FROM plugin_versions WHERE package_name = ? AND version = ?'
      const [row] = await database.read((session) => session.all(sql(text, packageName, version)))
      return row === undefined ? undefined : toPluginVersion(row)
    },

    async save(record) {
      const columns = pluginVersionColumns(record)
      const query = database.builder
        .insert(columns)
        .into('plugin_versions')
        .onConflict(KEY)
        .merge(Object.keys(columns).filter((column) => !KEY.includes(column)))
      await database.write((session) => session.run(compile(query)))
    },

    async transition(packageName, version, from, to, reason) {
      const query = sql(
        'UPDATE plugin_versions SET state = ?, reason = ? WHERE package_name = ? AND version = ? AND state = ?',
        to,
        reason === undefined ? null : boundedText(reason, `reason for ${packageName}@${version}`),
        packageName,
        version,
        from,
      )
      return (await database.write((session) => session.run(query))) > 0
    },

    async remove(packageName, version) {
      const text = 'DELETE FROM plugin_versions WHERE package_name = ? AND version = ?'
      await database.write((session) => session.run(sql(text, packageName, version)))
    },

    async saveDistTags(packageName, tags) {
      await database.write(async (session) => {
        const installed = await session.all(
          sql('SELECT version FROM plugin_versions WHERE package_name = ?', packageName),
        )
        for (const row of installed) {
          const version = text(row, 'version')
          const own = Object.keys(tags).filter((tag) => tags[tag] === version)
          await session.run(
            sql(
              'UPDATE plugin_versions SET dist_tags = ? WHERE package_name = ? AND version = ?',
              boundedJson(own, `dist-tags of ${packageName}@${version}`),
              packageName,
              version,
            ),
          )
        }
      })
    },

    async saveDeprecation(packageName, version, message) {
      const query = sql(
        'UPDATE plugin_versions SET deprecated_message = ? WHERE package_name = ? AND version = ?',
        message === undefined ? null : boundedText(message, `deprecation of ${packageName}@${version}`),
        packageName,
        version,
      )
      await database.write((session) => session.run(query))
    },
  }
}

function pluginVersionColumns(record: PluginVersionRecord): Record<string, string | number | null> {
  const of = (what: string): string => `${what} of ${record.packageName}@${record.version}`
  return {
    package_name: boundedKey(record.packageName, MAX_PACKAGE_NAME_CHARS, 'package name'),
    version: boundedKey(record.version, MAX_VERSION_CHARS, 'version'),
    integrity: boundedKey(record.integrity, MAX_NAME_CHARS, 'integrity'),
    state: record.state,
    reason: record.reason === undefined ? null : boundedText(record.reason, of('reason')),
    repository: boundedKey(record.repository, MAX_NAME_CHARS, 'repository name'),
    manifest: boundedJson(record.manifest, of('manifest'), MAX_LARGE_DOCUMENT_BYTES),
    granted_permissions: boundedJson(record.grantedPermissions, of('permissions')),
    installed_at_ms: record.installedAtMs,
    dist_tags: boundedJson(record.distTags, of('dist-tags')),
    deprecated_message:
      record.deprecatedMessage === undefined
        ? null
        : boundedText(record.deprecatedMessage, of('deprecation')),
  }
}

function toPluginVersion(row: Row): PluginVersionRecord {
  const record: Draft<PluginVersionRecord> = {
    packageName: text(row, 'package_name'),
    version: text(row, 'version'),
    integrity: text(row, 'integrity'),
    state: oneOf(row, 'state', INSTALL_STATES),
    repository: text(row, 'repository'),
    manifest: json(row, 'manifest'),
    grantedPermissions: json(row, 'granted_permissions'),
    installedAtMs: number(row, 'installed_at_ms'),
    distTags: json(row, 'dist_tags'),
  }
  const reason = optionalText(row, 'reason')
  const deprecatedMessage = optionalText(row, 'deprecated_message')
  if (reason !== undefined) record.reason = reason
  if (deprecatedMessage !== undefined) record.deprecatedMessage = deprecatedMessage
  return record
}
