import type { ExpressionServices, Scope } from '../scope.ts'

/** 2024-01-15T10:30:00.123456Z, a Monday. */
export const NOW_MS = Date.UTC(2024, 0, 15, 10, 30, 0, 123) + 0.456

/** 32 bytes in Base64. */
export const AES_KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

const FILES: Readonly<Record<string, string>> = {
  'nsfile:///hello.txt': 'Hello, World!',
  'nsfile://other.ns/hello.txt': 'Hello from the other',
  'nsfile:///empty.txt': '',
  'nsfile:///data.json': '{"a": [1, 2]}',
  'kestra:///run/out.txt': 'hello',
}

const KEY_VALUES: Readonly<Record<string, unknown>> = {
  name: 'Ada',
  nothing: null,
  config: { region: 'eu', sizes: [1, 2] },
  'other.ns/name': 'Bob',
}

const TEMPLATES: Readonly<Record<string, string>> = {
  base: '<{% block "title" %}Base{% endblock %}|{% block "body" %}empty{% endblock %}>',
  middle: '{% extends "base" %}{% block "title" %}Middle of {{ parent() }}{% endblock %}',
  greeting: 'Hello {{ name ?? "nobody" }}!',
  macros:
    '{% macro bold(text) %}*{{ text }}*{% endmacro %}{% macro pair(a, b="x") %}{{ a }}-{{ b }}{% endmacro %}',
  loop: '{% include "loop" %}',
}

/** What the cases run against: a little of everything that an execution has. */
export const VARIABLES: Readonly<Record<string, unknown>> = {
  name: 'Ada',
  nothing: null,
  empty: '',
  zero: 0,
  yes: true,
  no: false,
  count: 3,
  price: 72.5,
  big: 9007199254740993n,
  items: ['apple', 'pear', 'banana'],
  numbers: [3, 1, 2],
  users: [
    { name: 'Ada', age: 36, tags: ['x', 'y'] },
    { name: 'Bob', age: 41, tags: [] },
  ],
  map: { foo: 'bar', 'foo-bar': 1, nested: { deep: { value: 42 } }, none: null },
  emptyList: [],
  emptyMap: {},
  date: '2024-01-15T10:30:00Z',
  nanos: '2024-01-15T10:30:00.123456789Z',
  javaDate: new Date(Date.UTC(2024, 0, 15, 10, 30)),
  json: '{"a": {"b": [1, 2, 3]}, "n": 9007199254740993}',
  multiline: 'line 1\nline "2"',
  flow: { id: 'demo', namespace: 'company.team', revision: 2 },
  execution: { id: 'e1', startDate: '2024-01-15T10:30:00.123456Z', state: 'SUCCESS' },
  inputs: { region: 'eu', payload: { score: { a: 72, b: 95, c: 85 } }, 'my-input': 'dash' },
  vars: { a: '{{ vars.b }}', b: '{{ name }}', self: '{{ vars.self }}x', date: "{{ date | date('yyyy') }}" },
  outputs: {
    first: { value: 'one' },
    'second-task': { value: 'two' },
    looped: { a: { value: 'A' }, b: { value: 'B' } },
    nested: { a: { x: { value: 'AX' } } },
    box: { result: 7 },
  },
  task: { id: 'looped', type: 'io.kestra.plugin.core.debug.Return' },
  taskrun: { id: 't1', value: 'b', iteration: 1, attemptsCount: 0 },
  tasks: {
    one: { state: 'SUCCESS' },
    two: { state: 'FAILED' },
    each: { a: { state: 'FAILED' }, b: { state: 'SUCCESS' } },
  },
  parent: { task: { id: 'box' }, outputs: { result: 7 } },
  parents: [
    { task: { id: 'box' }, outputs: { result: 7 } },
    { task: { id: 'outer' }, outputs: { result: 8 } },
  ],
  labels: { team: 'a', system: { username: 'bob' } },
}

/** A deterministic source of chance. */
export function counter(start = 1): () => number {
  let state = start
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

export function testServices(): ExpressionServices {
  const random = counter()
  return {
    nowMs: () => NOW_MS,
    random,
    randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
    secret: async (name, namespace, subkey) => {
      if (name === 'API_KEY')
        return [namespace, 's3cret', subkey].filter((part) => part !== undefined).join('/')
      throw new Error(`There is no secret "${name}".`)
    },
    credential: async (name) => `token-of-${name}`,
    kv: async (key, namespace) => KEY_VALUES[namespace === undefined ? key : `${namespace}/${key}`],
    read: async (uri) => fileText(uri),
    fileSize: async (uri) => fileText(uri).length,
    fileExists: async (uri) => Object.hasOwn(FILES, uri),
    http: async (request) => ({
      asked: request['uri'],
      method: request['method'] ?? 'GET',
      slugs: [{ slug: 'a' }, { slug: 'b' }],
    }),
    encryptionKey: async (name) => {
      if (name === 'MY_KEY') return AES_KEY
      throw new Error(`There is no key "${name}".`)
    },
    errorLogs: async () => [{ level: 'ERROR', message: 'it broke' }],
    freePort: async () => 49_152,
    appLink: async ({ appId, baseUrl }) =>
      baseUrl ? 'http://localhost/ui' : `http://localhost/ui/apps/${appId ?? 'own'}`,
    template: async (name) => TEMPLATES[name],
  }
}

export function testScope(): Scope {
  return { variables: VARIABLES, services: testServices() }
}

function fileText(uri: string): string {
  const text = FILES[uri]
  if (text === undefined) throw new Error(`There is no file ${uri}.`)
  return text
}
