import { expect, test } from 'vitest'
import type { Principal } from '../identity/index.ts'
import { NamespaceError } from './errors.ts'
import type { Namespace, NamespaceRepository } from './model.ts'
import { NamespaceService } from './namespace-service.ts'

const ADMIN: Principal = { userId: 'u1', username: 'ada', role: 'admin', tenant: 'main' }

/** The store in memory, with a count of reads. */
class MemoryNamespaces implements NamespaceRepository {
  readonly records = new Map<string, Namespace>()
  reads = 0
  failNext = false

  async find(tenant: string, namespace: string): Promise<Namespace | undefined> {
    this.reads += 1
    if (this.failNext) {
      this.failNext = false
      throw new Error('no connection')
    }
    return this.records.get(`${tenant}/${namespace}`)
  }

  async list(tenant: string): Promise<readonly Namespace[]> {
    return [...this.records.values()].filter((record) => record.tenant === tenant)
  }

  async save(record: Namespace): Promise<void> {
    this.records.set(`${record.tenant}/${record.namespace}`, record)
  }

  async remove(tenant: string, namespace: string): Promise<boolean> {
    return this.records.delete(`${tenant}/${namespace}`)
  }
}

function record(namespace: string, values: Partial<Namespace> = {}): Omit<Namespace, 'tenant'> {
  return { namespace, variables: {}, pluginDefaults: [], ...values }
}

test('variables of the nearest namespace win, defaults come nearest first', async () => {
  const service = new NamespaceService(new MemoryNamespaces())
  const a = { type: 'io.kestra.plugin.core', values: { version: '1.0.0' }, forced: false }
  const b = { ...a, values: { version: '2.0.0' } }
  await service.save(ADMIN, record('company', { variables: { x: 1, y: 1 }, pluginDefaults: [a] }))
  await service.save(ADMIN, record('company.team', { variables: { x: 2 } }))
  await service.save(ADMIN, record('company.team.etl', { pluginDefaults: [b] }))
  const inherited = await service.load('main', 'company.team.etl')
  expect(inherited.variables).toEqual({ x: 2, y: 1 })
  expect(inherited.pluginDefaults).toEqual([
    { namespace: 'company.team.etl', defaults: [b] },
    { namespace: 'company', defaults: [a] },
  ])
})

test('a namespace that nobody described inherits, and has no own record', async () => {
  const service = new NamespaceService(new MemoryNamespaces())
  await service.save(ADMIN, record('company', { variables: { x: 1 } }))
  const inherited = await service.load('main', 'company.unknown')
  expect(inherited).toEqual({ namespace: 'company.unknown', variables: { x: 1 }, pluginDefaults: [] })
  expect((await service.load('other', 'company.unknown')).variables).toEqual({})
})

test('reads once until a change, of an ancestor too, and tells listeners', async () => {
  const store = new MemoryNamespaces()
  const service = new NamespaceService(store)
  const changes: string[] = []
  const stop = service.onChange(({ namespace }) => changes.push(namespace))
  await Promise.all([service.load('main', 'a.b'), service.load('main', 'a.b')])
  expect(store.reads).toBe(2)
  const before = service.generation
  await service.save(ADMIN, record('a', { variables: { x: 1 } }))
  expect(service.generation).toBeGreaterThan(before)
  expect((await service.load('main', 'a.b')).variables).toEqual({ x: 1 })
  expect(await service.remove(ADMIN, 'a')).toBe(true)
  expect(await service.remove(ADMIN, 'a')).toBe(false)
  stop()
  await service.save(ADMIN, record('z'))
  expect(changes).toEqual(['a', 'a'])
})

test('a failed read is not remembered', async () => {
  const store = new MemoryNamespaces()
  const service = new NamespaceService(store)
  store.failNext = true
  await expect(service.load('main', 'a')).rejects.toThrow('no connection')
  await expect(service.load('main', 'a')).resolves.toMatchObject({ namespace: 'a' })
})

test('a bad record is refused with every fault and not stored', async () => {
  const store = new MemoryNamespaces()
  const service = new NamespaceService(store)
  const bad = record('bad namespace!', {
    description: 'x'.repeat(40_000),
    pluginDefaults: [
      { type: 'a..b', values: {}, forced: false },
      { type: 'a.b', values: { version: 1 }, forced: false },
    ],
  })
  const error: unknown = await service.save(ADMIN, bad).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(NamespaceError)
  expect(error instanceof NamespaceError && error.faults.map(({ path }) => path)).toEqual([
    'namespace',
    'description',
    'pluginDefaults[0].type',
    'pluginDefaults[1].values.version',
  ])
  expect(store.records.size).toBe(0)
  expect(service.generation).toBe(0)
})
