import { dirname, join, normalize } from 'node:path/posix'
import { readImports } from './module-imports.ts'

export interface Finding {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** What a workspace may import of ours: a package, by its door; `types` allows only what is gone at run time. */
interface Room {
  readonly packageName: string
  readonly values: readonly string[]
  readonly types?: readonly string[]
}

/** Which room may look at which. See docs/architecture.md; `test` and `tools` may use every door. */
const ROOMS: Readonly<Record<string, Room>> = {
  'plugin-sdk': { packageName: '@pinion/plugin-sdk', values: [] },
  registry: { packageName: '@pinion/registry', values: [] },
  core: {
    packageName: '@pinion/core',
    // The manifest door holds constants of the format; everything else of the SDK is for plugins.
    values: ['@pinion/plugin-sdk/manifest'],
    types: ['@pinion/plugin-sdk'],
  },
  server: {
    packageName: '@pinion/server',
    values: ['@pinion/core', '@pinion/registry', '@pinion/plugin-sdk/manifest'],
    types: ['@pinion/plugin-sdk'],
  },
  tools: {
    packageName: '@pinion/tools',
    values: ['@pinion/core', '@pinion/registry', '@pinion/server', '@pinion/plugin-sdk'],
  },
  test: {
    packageName: '@pinion/test',
    values: ['@pinion/core', '@pinion/registry', '@pinion/server', '@pinion/plugin-sdk', '@pinion/tools'],
  },
}
const PLUGIN: Room = { packageName: '', values: ['@pinion/plugin-sdk'] }

/** Modules without I/O, clock, dice or logger: they may not import Node. */
const PURE = [
  /^core\/expression\//,
  /^core\/plugin\/(version|defaults)\//,
  /^core\/execution\/(reducer|advance|draft|events|execution-state|progress|reduction|retry|state-machine|task-variables|model)\.ts$/,
  /^core\/execution\/plan\//,
  /^core\/execution\/flowable\/(decide|end-flowable|lanes|repeat|start-task)\.ts$/,
  /^core\/flow\/(yaml|path|schema|duration)\//,
]

const isTest = (file: string): boolean =>
  /\.test\.ts$|\/(fixtures|test-support|cases)\/|\/conformance(\.ts|\/)/.test(file)

/**
 * Holds every import against the direction in which rooms may depend, the doors of `core`, purity and cycles.
 *
 * @param sources - text by path from the repository's root
 */
export function checkDirection(sources: ReadonlyMap<string, string>): readonly Finding[] {
  const findings: Finding[] = []
  const edges = new Map<string, string[]>()
  for (const [file, source] of sources) {
    const imports = readImports(file, source)
    if ('fault' in imports) {
      findings.push({ file, line: 1, message: imports.fault })
      continue
    }
    for (const { specifier, line, isType } of imports) {
      const message = specifier.startsWith('.')
        ? checkRelative(file, specifier)
        : checkPackage(file, specifier, isType)
      if (message) findings.push({ file, line, message })
      if (specifier.startsWith('.')) {
        edges.set(file, [...(edges.get(file) ?? []), normalize(join(dirname(file), specifier))])
      }
    }
  }
  return [...findings, ...findCycles(edges)]
}

function checkPackage(file: string, specifier: string, isType: boolean): string | undefined {
  if (specifier.startsWith('node:') && !isTest(file) && PURE.some((pattern) => pattern.test(file))) {
    return `${file} is pure: it may not import ${specifier}.`
  }
  if (!specifier.startsWith('@pinion/')) return undefined
  const room = roomOf(file)
  if (room === undefined) return undefined
  const covers = (allowed: readonly string[]) =>
    allowed.some((name) => specifier === name || specifier.startsWith(`${name}/`))
  if (covers(room.values) || (isType && covers(room.types ?? []))) return undefined
  if (isTest(file) && !file.startsWith('plugins/')) return undefined
  const isTypeOnly = covers(room.types ?? [])
  return isTypeOnly
    ? `${topOf(file)} may import types only from ${specifier}: write \`import type\`.`
    : `${topOf(file)} may not import ${specifier}.`
}

function checkRelative(file: string, specifier: string): string | undefined {
  const target = normalize(join(dirname(file), specifier))
  if (topOf(target) !== topOf(file)) {
    if (isTest(file) && target.startsWith('test/')) return undefined
    return `${specifier} leaves the room: import the package by its door.`
  }
  if (topOf(file) !== 'core' || isTest(file)) return undefined
  const [, fromRoom] = file.split('/')
  const [, toRoom, door, ...rest] = target.split('/')
  if (fromRoom !== toRoom && (door !== 'index.ts' || rest.length > 0)) {
    return `core/${fromRoom} may use core/${toRoom} by its index.ts only.`
  }
  return undefined
}

function topOf(file: string): string {
  const [top, second] = file.split('/')
  return top === 'plugins' ? `plugins/${second}` : (top ?? file)
}

function roomOf(file: string): Room | undefined {
  return file.startsWith('plugins/') ? PLUGIN : ROOMS[topOf(file)]
}

/** Cycles of modules, of types too: each is reported once, by its first file in order. */
function findCycles(edges: ReadonlyMap<string, readonly string[]>): readonly Finding[] {
  const findings: Finding[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      const cycle = [...path.slice(path.indexOf(file)), file]
      findings.push({ file, line: 1, message: `These modules import each other: ${cycle.join(' -> ')}.` })
      return
    }
    state.set(file, 'open')
    for (const target of edges.get(file) ?? []) visit(target, [...path, file])
    state.set(file, 'done')
  }
  for (const file of [...edges.keys()].sort()) visit(file, [])
  return findings
}
