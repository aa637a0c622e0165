import type { ApiToken, ApiTokenRepository } from '../../identity/index.ts'
import type { Database } from '../database/database.ts'
import { type Row, sql } from '../database/query.ts'
import { MAX_ID_CHARS, MAX_NAME_CHARS } from '../limits.ts'
import { boundedKey } from './bounds.ts'
import { type Draft, number, optionalNumber, text } from './column.ts'

export function createApiTokenRepository(database: Database): ApiTokenRepository {
  return {
    async findByHash(hash) {
      const query = sql('SELECT * FROM api_tokens WHERE hash = ?', hash)
      const [row] = await database.read((session) => session.all(query))
      return row === undefined ? undefined : toApiToken(row)
    },

    async listByUser(userId) {
      const query = sql('SELECT * FROM api_tokens WHERE user_id = ? ORDER BY created_at_ms, token_id', userId)
      return (await database.read((session) => session.all(query))).map(toApiToken)
    },

    async save(token) {
      const tokenId = boundedKey(token.tokenId, MAX_ID_CHARS, 'token id')
      const rest = [
        boundedKey(token.userId, MAX_ID_CHARS, 'user id'),
        boundedKey(token.name, MAX_NAME_CHARS, 'token name'),
        boundedKey(token.hash, MAX_ID_CHARS, 'token hash'),
        token.createdAtMs,
        token.expiresAtMs ?? null,
        token.revokedAtMs ?? null,
        token.lastUsedAtMs ?? null,
      ]
      // Not an upsert: MySQL's would replace whatever else has the hash.
      const update = sql(
        `UPDATE api_tokens SET user_id = ?, name = ?, hash = ?, created_at_ms = ?, expires_at_ms = ?,
          revoked_at_ms = ?, last_used_at_ms = ? WHERE token_id = ?`,
        ...rest,
        tokenId,
      )
      const insert = sql(
        `INSERT INTO api_tokens (user_id, name, hash, created_at_ms, expires_at_ms, revoked_at_ms,
          last_used_at_ms, token_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        ...rest,
        tokenId,
      )
      await database.write(async (session) => {
        if ((await session.run(update)) === 0) await session.run(insert)
      })
    },

    async revoke(tokenId, revokedAtMs) {
      const text = 'UPDATE api_tokens SET revoked_at_ms = ? WHERE token_id = ? AND revoked_at_ms IS NULL'
      return (await database.write((session) => session.run(sql(text, revokedAtMs, tokenId)))) > 0
    },

    async touch(uses) {
      if (uses.size === 0) return
      const text = `UPDATE api_tokens SET last_used_at_ms = ?
        WHERE token_id = ? AND (last_used_at_ms IS NULL OR last_used_at_ms < ?)`
      await database.write(async (session) => {
        for (const [tokenId, usedAtMs] of uses) await session.run(sql(text, usedAtMs, tokenId, usedAtMs))
      })
    },
  }
}

function toApiToken(row: Row): ApiToken {
  const token: Draft<ApiToken> = {
    tokenId: text(row, 'token_id'),
    userId: text(row, 'user_id'),
    name: text(row, 'name'),
    hash: text(row, 'hash'),
    createdAtMs: number(row, 'created_at_ms'),
  }
  const expiresAtMs = optionalNumber(row, 'expires_at_ms')
  const revokedAtMs = optionalNumber(row, 'revoked_at_ms')
  const lastUsedAtMs = optionalNumber(row, 'last_used_at_ms')
  if (expiresAtMs !== undefined) token.expiresAtMs = expiresAtMs
  if (revokedAtMs !== undefined) token.revokedAtMs = revokedAtMs
  if (lastUsedAtMs !== undefined) token.lastUsedAtMs = lastUsedAtMs
  return token
}
