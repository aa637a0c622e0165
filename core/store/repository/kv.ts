import type { Database } from '../database/database.ts'
import { compile, type Row, sql } from '../database/query.ts'
import { MAX_NAME_CHARS, MAX_TENANT_CHARS } from '../limits.ts'
import type { KvEntry, KvRepository } from '../store.ts'
import { boundedKey, boundedText } from './bounds.ts'
import { type Draft, number, optionalNumber, text } from './column.ts'
import { wherePrefix } from './prefix.ts'

const KEY = ['tenant', 'namespace', 'entry_key']

export function createKvRepository(database: Database): KvRepository {
  return {
    async get(tenant, namespace, key, nowMs) {
      const query = sql(
        `SELECT * FROM kv_entries WHERE tenant = ? AND namespace = ? AND entry_key = ?
          AND (expires_at_ms IS NULL OR expires_at_ms > ?)`,
        tenant,
        namespace,
        key,
        nowMs,
      )
      const [row] = await database.read((session) => session.all(query))
      return row === undefined ? undefined : toEntry(row)
    },

    async set(tenant, namespace, entry) {
      const query = database.builder
        .insert({
          tenant: boundedKey(tenant, MAX_TENANT_CHARS, 'tenant'),
          namespace: boundedKey(namespace, MAX_NAME_CHARS, 'namespace'),
          entry_key: boundedKey(entry.key, MAX_NAME_CHARS, 'key'),
          value: boundedText(entry.valueJson, `value of the key ${entry.key}`),
          updated_at_ms: entry.updatedAtMs,
          expires_at_ms: entry.expiresAtMs ?? null,
        })
        .into('kv_entries')
        .onConflict(KEY)
        .merge(['value', 'updated_at_ms', 'expires_at_ms'])
      await database.write((session) => session.run(compile(query)))
    },

    async remove(tenant, namespace, key) {
      const text = 'DELETE FROM kv_entries WHERE tenant = ? AND namespace = ? AND entry_key = ?'
      return (await database.write((session) => session.run(sql(text, tenant, namespace, key)))) > 0
    },

    async list(tenant, namespace, prefix, nowMs) {
      const query = database.builder
        .from('kv_entries')
        .select('*')
        .where({ tenant, namespace })
        .where((alive) => alive.whereNull('expires_at_ms').orWhere('expires_at_ms', '>', nowMs))
        .orderBy('entry_key')
      wherePrefix(query, 'entry_key', prefix)
      return (await database.read((session) => session.all(compile(query)))).map(toEntry)
    },

    async removeExpired(nowMs) {
      return database.write((session) =>
        session.run(sql('DELETE FROM kv_entries WHERE expires_at_ms <= ?', nowMs)),
      )
    },
  }
}

function toEntry(row: Row): KvEntry {
  const entry: Draft<KvEntry> = {
    key: text(row, 'entry_key'),
    valueJson: text(row, 'value'),
    updatedAtMs: number(row, 'updated_at_ms'),
  }
  const expiresAtMs = optionalNumber(row, 'expires_at_ms')
  if (expiresAtMs !== undefined) entry.expiresAtMs = expiresAtMs
  return entry
}
