import Type from 'typebox'
import { expect, test } from 'vitest'
import { noContent } from './answer.ts'
import { noBody } from './body-reader.ts'
import { defineRoute, type Method } from './route.ts'
import { RouteTable } from './route-table.ts'

function route(method: Method, path: string) {
  return defineRoute({
    method,
    path,
    tag: 'test',
    operationId: `${method} ${path}`,
    summary: '',
    role: 'open',
    query: Type.Object({}),
    body: noBody,
    handle: noContent,
  })
}

const table = new RouteTable([
  route('GET', '/api/v1/{tenant}/executions/search'),
  route('GET', '/api/v1/{tenant}/executions/{id}'),
  route('DELETE', '/api/v1/{tenant}/executions/{id}/kill'),
  route('POST', '/api/v1/{tenant}/executions/{namespace}/{flowId}'),
  route('GET', '/api/v1/plugins/{type}'),
])

function find(method: Method, path: string) {
  const found = table.find(method, path)
  return found.is === 'match' ? [found.match.route.operationId, found.match.params] : found.is
}

test('a path with a tenant and one without lead to the same route', () => {
  const [id] = find('GET', '/api/v1/executions/abc')
  expect(find('GET', '/api/v1/main/executions/abc')).toEqual([id, { tenant: 'main', id: 'abc' }])
  expect(find('GET', '/api/v1/executions/abc')).toEqual([id, { id: 'abc' }])
})

test('a literal name goes before a parameter, unless it does not know the method', () => {
  expect(find('GET', '/api/v1/executions/search')[0]).toBe('GET /api/v1/{tenant}/executions/search')
  expect(find('POST', '/api/v1/executions/ns/kill')[1]).toEqual({ namespace: 'ns', flowId: 'kill' })
})

test('parts are decoded after the path was split, so that a scoped package name is one part', () => {
  expect(find('GET', '/api/v1/plugins/%40acme%2Fx')[1]).toEqual({ type: '@acme/x' })
  expect(() => find('GET', '/api/v1/plugins/%zz')).toThrow(URIError)
})

test('an unknown path and an unknown method are told apart; a trailing slash changes nothing', () => {
  expect(find('GET', '/api/v1/nothing/here/at/all')).toBe('nothing')
  expect(find('PUT', '/api/v1/executions/abc')).toBe('otherMethods')
  expect(table.methodsOf('/api/v1/executions/a/kill')).toEqual(['POST', 'DELETE'])
  expect(find('GET', '/api/v1/plugins/x/')[0]).toBe('GET /api/v1/plugins/{type}')
  expect(find('GET', '/api/v1/plugins//')).toBe('nothing')
})

test('two routes of the same method and path are a bug that stops the start', () => {
  expect(() => new RouteTable([route('GET', '/a/{x}'), route('GET', '/a/{y}')])).toThrow('belongs to')
})
