import type { PluginPermissions } from '@pinion/plugin-sdk/manifest'
import type { RuntimeErrorCode } from '../errors.ts'

export interface HostilePlugin {
  readonly name: string
  /** Source of `run`. */
  readonly run: string
  readonly prelude?: string
  readonly permissions?: PluginPermissions
  /** How it may end; `SUCCESS` where the attack is simply without effect. */
  readonly ends: readonly (RuntimeErrorCode | 'SUCCESS')[]
  /** What its outputs must be then. */
  readonly outputs?: unknown
}

const MEMORY = ['PLUGIN_OUT_OF_MEMORY', 'PLUGIN_UNRESPONSIVE', 'PLUGIN_CRASHED_HOST'] as const
const CPU = ['PLUGIN_CPU_LIMIT'] as const

/** Programs that try to hurt their host or their neighbours: `../shared/limits.md` measured what each does unguarded. */
export const HOSTILE_PLUGINS: readonly HostilePlugin[] = [
  {
    name: 'leaks small objects',
    run: `() => { const a = []; for (;;) a.push({ a: 1, b: [1, 2] }) }`,
    ends: [...MEMORY, ...CPU],
  },
  {
    name: 'pushes filled arrays',
    run: `() => { const a = []; for (;;) a.push({ x: new Array(100).fill(1) }) }`,
    ends: [...MEMORY, ...CPU],
  },
  {
    name: 'fills one enormous array',
    run: `() => { new Array(5e8).fill(0); return {} }`,
    ends: [...MEMORY, ...CPU],
  },
  {
    name: 'grows a Map',
    run: `() => { const m = new Map(); for (let i = 0; ; i++) m.set('k' + i, i) }`,
    ends: [...MEMORY, ...CPU],
  },
  {
    name: 'grows an object',
    run: `() => { const o = {}; for (let i = 0; ; i++) o['k' + i] = i }`,
    ends: [...MEMORY, ...CPU],
  },
  {
    name: 'doubles a string',
    run: `() => { let s = 'x'.repeat(1000); const a = []; for (;;) { s += s; a.push(s.split('')) } }`,
    ends: [...MEMORY, ...CPU, 'PLUGIN_THREW'],
  },
  {
    name: 'leaks promises',
    run: `async () => { const a = []; for (;;) { a.push(new Promise(() => {})); await null } }`,
    ends: [...MEMORY, ...CPU],
  },
  {
    name: 'allocates buffers',
    run: `() => { const a = []; for (;;) a.push(new ArrayBuffer(1e7)) }`,
    ends: [...MEMORY, 'PLUGIN_THREW'],
  },
  {
    name: 'uses resizable buffers',
    run: `() => { const a = []; for (;;) a.push(new ArrayBuffer(8, { maxByteLength: 1e9 })) }`,
    ends: ['PLUGIN_THREW'],
  },
  {
    name: 'reaches the resizable constructor by an instance',
    run: `() => new new Uint8Array(1).buffer.constructor(8, { maxByteLength: 1e9 })`,
    ends: ['PLUGIN_THREW'],
  },
  {
    name: 'looks for WebAssembly and shared memory',
    run: `() => ({ wasm: typeof WebAssembly, shared: typeof SharedArrayBuffer, wait: typeof Atomics.wait })`,
    ends: ['SUCCESS'],
    outputs: { wasm: 'undefined', shared: 'undefined', wait: 'undefined' },
  },
  {
    name: 'fills WebAssembly memory that it was granted',
    run: `() => { const a = []; for (;;) { const m = new WebAssembly.Memory({ initial: 1000 }); new Uint8Array(m.buffer).fill(1); a.push(m) } }`,
    permissions: { wasm: true },
    ends: [...MEMORY, 'PLUGIN_THREW', ...CPU],
  },
  {
    name: 'returns a giant text',
    run: `() => ({ text: 'x'.repeat(50_000_000) })`,
    ends: ['PLUGIN_OUTPUT_TOO_LARGE', ...MEMORY, ...CPU],
  },
  { name: 'loops', run: `() => { for (;;); }`, ends: CPU },
  {
    name: 'loops in a finally block',
    run: `() => { for (;;) { try { for (;;); } finally { continue } } }`,
    ends: CPU,
  },
  { name: 'loops in microtasks', run: `async () => { for (;;) await null }`, ends: CPU },
  {
    name: 'loops after a host call',
    run: `async () => { await crypto.subtle.digest('SHA-256', new Uint8Array(1)); for (;;); }`,
    ends: CPU,
  },
  { name: 'loops in a timer', run: `() => new Promise(() => setTimeout(() => { for (;;); }, 1))`, ends: CPU },
  {
    name: 'loops when its signal aborts',
    run: `(_, { signal }) => new Promise(() => signal.addEventListener('abort', () => { for (;;); }))`,
    ends: ['PLUGIN_CPU_LIMIT'],
  },
  {
    name: 'backtracks catastrophically',
    run: `() => ({ r: /^(a+)+$/.test('a'.repeat(40) + 'b') })`,
    ends: CPU,
  },
  {
    name: 'backtracks in a URLPattern',
    run: `() => ({ r: new URLPattern({ pathname: '/((?:a+)+)b' }).test({ pathname: '/' + 'a'.repeat(40) }) })`,
    ends: [...CPU, 'PLUGIN_THREW'],
  },
  {
    name: 'computes an enormous BigInt',
    run: `() => { let n = 3n; for (;;) n = n ** 3n }`,
    ends: [...CPU, ...MEMORY, 'PLUGIN_THREW'],
  },
  { name: 'loops in toJSON', run: `() => ({ toJSON() { for (;;); } })`, ends: CPU },
  { name: 'loops in an error’s message', run: `() => { throw { get message() { for (;;); } } }`, ends: CPU },
  { name: 'loops in then', run: `() => ({ then() { for (;;); } })`, ends: CPU },
  {
    name: 'loops while it is loaded',
    prelude: 'for (;;);',
    run: `() => {}`,
    ends: ['PLUGIN_CPU_LIMIT', 'PLUGIN_UNRESPONSIVE'],
  },
  {
    name: 'throws a proxy that loops',
    run: `() => { throw new Proxy({}, { get() { for (;;); } }) }`,
    ends: CPU,
  },
  {
    name: 'rejects with a proxy that nobody handles',
    run: `() => { Promise.reject(new Proxy({}, { get() { for (;;); } })); return {} }`,
    ends: ['SUCCESS', 'PLUGIN_UNRESPONSIVE', ...CPU],
  },
  { name: 'never ends', run: `() => new Promise(() => {})`, ends: ['PLUGIN_TIMEOUT'] },
  { name: 'recurses without end', run: `() => { const f = () => f(); f() }`, ends: ['PLUGIN_THREW'] },
  {
    name: 'nests JSON deeply',
    run: `() => { let o = {}; for (let i = 0; i < 1e6; i++) o = { o }; return o }`,
    ends: ['PLUGIN_OUTPUT_INVALID', 'PLUGIN_THREW', ...CPU, ...MEMORY],
  },
  {
    name: 'floods the log',
    run: `(_, { log }) => { const line = 'x'.repeat(10_000); for (let i = 0; i < 100_000; i++) log.info(line); return {} }`,
    ends: ['SUCCESS', ...CPU],
  },
  {
    name: 'floods its host with calls',
    run: `async (_, { kv }) => { const all = []; for (let i = 0; i < 100_000; i++) all.push(kv.get('k' + i)); await Promise.all(all); return {} }`,
    permissions: { kv: true },
    ends: ['PLUGIN_THREW', ...CPU],
  },
  {
    name: 'sets too many timers',
    run: `() => { for (;;) setTimeout(() => {}, 1e6) }`,
    ends: ['PLUGIN_THREW', ...CPU],
  },
  {
    name: 'escapes through constructors',
    run: `() => { const F = (() => {}).constructor; const g = F('return this')(); return { process: typeof g.process, require: typeof g.require, same: g === globalThis } }`,
    ends: ['SUCCESS'],
    outputs: { process: 'undefined', require: 'undefined', same: true },
  },
  {
    name: 'looks for the bridge',
    run: `() => ({ left: Object.getOwnPropertyNames(globalThis).filter((name) => name.includes('pinion')) })`,
    ends: ['SUCCESS'],
    outputs: { left: [] },
  },
  {
    name: 'reads the host’s stack from an error',
    run: `() => { let stack = ''; try { structuredClone(() => {}) } catch (error) { stack = String(error.stack) + String(error.cause?.stack) } return { leaks: /file:|node:|\\/core\\//.test(stack) } }`,
    ends: ['SUCCESS'],
    outputs: { leaks: false },
  },
  {
    name: 'tampers with intrinsics before it returns',
    run: `() => { JSON.stringify = () => 'x'; Promise.prototype.then = () => {}; Object.prototype.toJSON = () => 1; Array.prototype.push = () => { throw 1 }; Map.prototype.get = () => undefined; return { a: 1 } }`,
    ends: ['SUCCESS', 'PLUGIN_THREW', 'PLUGIN_TIMEOUT', 'PLUGIN_OUTPUT_INVALID'],
  },
  {
    name: 'imports a module',
    run: `async () => { await import('node:fs'); return {} }`,
    ends: ['PLUGIN_THREW'],
  },
  {
    name: 'opens a local file by fetch',
    run: `async () => { await fetch('file:///etc/passwd'); return {} }`,
    permissions: { network: [{ host: '*' }] },
    ends: ['PLUGIN_THREW', 'PLUGIN_PERMISSION_DENIED'],
  },
  {
    name: 'asks for the cloud’s metadata',
    run: `async () => { await fetch('http://169.254.169.254/latest/meta-data'); return {} }`,
    permissions: { network: [{ host: '*' }] },
    ends: ['PLUGIN_PERMISSION_DENIED'],
  },
  {
    name: 'reaches loopback by a decimal address',
    run: `async () => { await fetch('http://2130706433/'); return {} }`,
    permissions: { network: [{ host: '*' }] },
    ends: ['PLUGIN_PERMISSION_DENIED'],
  },
  {
    name: 'reaches loopback by an IPv6 form of it',
    run: `async () => { await fetch('http://[::ffff:127.0.0.1]/'); return {} }`,
    permissions: { network: [{ host: '*' }] },
    ends: ['PLUGIN_PERMISSION_DENIED'],
  },
  {
    name: 'reaches loopback by name',
    run: `async () => { await fetch('http://localhost/'); return {} }`,
    permissions: { network: [{ host: '*' }] },
    ends: ['PLUGIN_PERMISSION_DENIED'],
  },
]
