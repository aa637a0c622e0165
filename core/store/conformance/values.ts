import { describe, expect, test } from 'vitest'
import { newId } from '../../id/index.ts'
import { MAX_DOCUMENT_BYTES, MAX_NAME_CHARS } from '../limits.ts'
import type { Store } from '../store.ts'
import { AWKWARD_TEXTS, newTenant } from './records.ts'

export function describeValues(openStore: () => Store): void {
  const settings = () => openStore().settings
  const kv = () => openStore().kv

  describe('settings', () => {
    test('are absent, then what was set last', async () => {
      const key = newId()
      expect(await settings().get(key)).toBeUndefined()
      await settings().set(key, 'a')
      await settings().set(key, 'b 😀')
      expect(await settings().get(key)).toBe('b 😀')
      expect(await settings().get(key.toLowerCase())).toBeUndefined()
      expect(await settings().setOnce(key, 'c')).toBe('b 😀')
    })

    test('of many who set one once, all get the value that stands', async () => {
      const key = newId()
      const values = await Promise.all(
        Array.from({ length: 10 }, (_, index) => settings().setOnce(key, `v${index}`)),
      )
      expect(new Set(values).size).toBe(1)
      expect(await settings().get(key)).toBe(values[0])
    })
  })

  describe('key-value entries', () => {
    const entry = (key: string, over: { valueJson?: string; expiresAtMs?: number } = {}) => ({
      key,
      valueJson: '1',
      updatedAtMs: 5,
      ...over,
    })

    test('belong to a namespace of a tenant', async () => {
      const tenant = newTenant()
      await kv().set(tenant, 'a', entry('k', { valueJson: '"1"' }))
      await kv().set(tenant, 'a.b', entry('k', { valueJson: '"2"' }))
      await kv().set(tenant, 'a', entry('K', { valueJson: '"3"' }))
      expect(await kv().get(tenant, 'a', 'k', 0)).toStrictEqual(entry('k', { valueJson: '"1"' }))
      expect(await kv().get(tenant, 'a', 'K', 0)).toStrictEqual(entry('K', { valueJson: '"3"' }))
      expect(await kv().get(newTenant(), 'a', 'k', 0)).toBeUndefined()
      expect((await kv().list(tenant, 'a', '', 0)).map((each) => each.key)).toEqual(['K', 'k'])
      expect(await kv().remove(tenant, 'a', 'k')).toBe(true)
      expect(await kv().remove(tenant, 'a', 'k')).toBe(false)
      expect(await kv().get(tenant, 'a.b', 'k', 0)).toBeDefined()
    })

    test('are as good as absent once they expire, and can be set anew', async () => {
      const tenant = newTenant()
      await kv().set(tenant, 'a', entry('k', { expiresAtMs: 100 }))
      await kv().set(tenant, 'a', entry('for-ever'))
      expect(await kv().get(tenant, 'a', 'k', 99)).toStrictEqual(entry('k', { expiresAtMs: 100 }))
      expect(await kv().get(tenant, 'a', 'k', 100)).toBeUndefined()
      expect((await kv().list(tenant, 'a', '', 100)).map((each) => each.key)).toEqual(['for-ever'])
      await kv().set(tenant, 'a', entry('k'))
      expect(await kv().get(tenant, 'a', 'k', 100)).toStrictEqual(entry('k'))
      await kv().set(tenant, 'a', entry('k', { expiresAtMs: 100 }))
      expect(await kv().removeExpired(99)).toBe(0)
      expect(await kv().removeExpired(100)).toBe(1)
      expect(await kv().remove(tenant, 'a', 'k')).toBe(false)
      expect(await kv().get(tenant, 'a', 'for-ever', 100)).toBeDefined()
    })

    test('are listed by a prefix that is plain text', async () => {
      const tenant = newTenant()
      const keys = ['a', 'a%', 'a%b', 'a_b', 'aXb', 'A%', 'b', 'a\u{10FFFF}', 'a\u{10FFFF}z', 'a😀', 'ä']
      for (const key of keys) await kv().set(tenant, 'n', entry(key))
      const list = async (prefix: string) => (await kv().list(tenant, 'n', prefix, 0)).map((each) => each.key)
      for (const prefix of ['', 'a', 'a%', 'a_', 'A', 'a\u{10FFFF}', 'a😀', 'z', "'"]) {
        expect(new Set(await list(prefix)), prefix).toEqual(
          new Set(keys.filter((key) => key.startsWith(prefix))),
        )
      }
    })

    test.for(AWKWARD_TEXTS)('the key and value %j survive', async (text) => {
      const tenant = newTenant()
      const one = entry(`k${text}`, { valueJson: JSON.stringify(text) })
      await kv().set(tenant, `n${text}`, one)
      expect(await kv().get(tenant, `n${text}`, `k${text}`, 0)).toStrictEqual(one)
      expect(await kv().list(tenant, `n${text}`, `k${text}`, 0)).toStrictEqual([one])
    })

    test('that are too large are refused', async () => {
      const tenant = newTenant()
      const tooLarge = { code: 'STORE_VALUE_TOO_LARGE' }
      await expect(kv().set(tenant, 'a', entry('k'.repeat(MAX_NAME_CHARS + 1)))).rejects.toMatchObject(
        tooLarge,
      )
      const valueJson = `"${'x'.repeat(MAX_DOCUMENT_BYTES)}"`
      await expect(kv().set(tenant, 'a', entry('k', { valueJson }))).rejects.toMatchObject(tooLarge)
      const longest = '😀'.repeat(Math.floor(MAX_NAME_CHARS / 2))
      await kv().set(tenant, 'a', entry(longest))
      expect(await kv().get(tenant, 'a', longest, 0)).toBeDefined()
    })
  })
}
