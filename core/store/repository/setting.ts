import type { Database } from '../database/database.ts'
import { compile, sql } from '../database/query.ts'
import { isStoreError, StoreError } from '../errors.ts'
import { MAX_NAME_CHARS } from '../limits.ts'
import type { SettingRepository } from '../store.ts'
import { boundedKey, boundedText } from './bounds.ts'
import { text } from './column.ts'

export function createSettingRepository(database: Database): SettingRepository {
  const get = async (key: string): Promise<string | undefined> => {
    const query = sql('SELECT value FROM settings WHERE setting_key = ?', key)
    const [row] = await database.read((session) => session.all(query))
    return row === undefined ? undefined : text(row, 'value')
  }
  const toRow = (key: string, value: string) => ({
    setting_key: boundedKey(key, MAX_NAME_CHARS, 'setting'),
    value: boundedText(value, `value of the setting ${key}`),
  })
  return {
    get,

    async setOnce(key, value) {
      const query = compile(database.builder.insert(toRow(key, value)).into('settings'))
      try {
        await database.write((session) => session.run(query))
        return value
      } catch (error) {
        if (!isStoreError(error, 'STORE_CONFLICT')) throw error
        const stands = await get(key)
        if (stands !== undefined) return stands
        throw new StoreError('STORE_BUSY', `The setting ${key} is being changed by others.`, { cause: error })
      }
    },

    async set(key, value) {
      const insert = database.builder.insert(toRow(key, value)).into('settings')
      const query = compile(insert.onConflict('setting_key').merge(['value']))
      await database.write((session) => session.run(query))
    },
  }
}
