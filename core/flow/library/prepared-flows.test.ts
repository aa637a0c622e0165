import { expect, test } from 'vitest'
import { MAX_PREPARED_CHARACTERS, MAX_PREPARED_FLOWS } from '../limits.ts'
import { PreparedFlows } from './prepared-flows.ts'

const never = (): Promise<number> => expect.fail('made again')

test('keeps what is used and lets go of what is not, by number', async () => {
  const prepared = new PreparedFlows<number>(() => 1)
  for (let i = 0; i < MAX_PREPARED_FLOWS; i++) await prepared.get(`k${i}`, 's', async () => i)
  await prepared.get('k0', 's', never)
  await prepared.get('new', 's', async () => -1)
  expect(prepared.size).toBe(MAX_PREPARED_FLOWS)
  expect(await prepared.get('k0', 's', never)).toBe(0)
  expect(await prepared.get('k1', 's', async () => 99)).toBe(99)
})

test('lets go by size, but never of the one just made', async () => {
  const prepared = new PreparedFlows<number>((size) => size)
  await prepared.get('small', 's', async () => 1)
  await prepared.get('huge', 's', async () => MAX_PREPARED_CHARACTERS + 1)
  expect(prepared.size).toBe(1)
  await prepared.get('huge', 's', never)
  await prepared.get('next', 's', async () => 1)
  expect(prepared.size).toBe(1)
  await prepared.get('next', 's', never)
})

test('makes it anew under another stamp, and does not remember a failure', async () => {
  const prepared = new PreparedFlows<number>(() => 1)
  expect(await prepared.get('k', 'one', async () => 1)).toBe(1)
  expect(await prepared.get('k', 'two', async () => 2)).toBe(2)
  await expect(prepared.get('k', 'three', async () => Promise.reject(new Error('no store')))).rejects.toThrow(
    'no store',
  )
  expect(await prepared.get('k', 'three', async () => 3)).toBe(3)
  expect(prepared.size).toBe(1)
})
