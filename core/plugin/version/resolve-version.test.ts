import fc from 'fast-check'
import semver from 'semver'
import { describe, expect, test } from 'vitest'
import { PluginError } from '../errors.ts'
import type { VersionRequest } from '../resolved-type.ts'
import { parseDefaultVersion } from './request.ts'
import { resolveVersion } from './resolve-version.ts'

const TYPE = 'io.acme.echo.Say'
const CORE_TYPE = 'io.kestra.plugin.core.log.Log'
const INSTALLED = [
  { version: '1.0.0', distTags: ['stable'] },
  { version: '0.10.0', distTags: [] },
  { version: '1.2.0', distTags: ['latest'] },
  { version: '2.0.0-rc.1', distTags: ['next'] },
  { version: '0.9.0', distTags: [] },
  { version: '1.1.0', distTags: [] },
]

function resolve(
  request: Omit<VersionRequest, 'type' | 'instance'> & { instance?: string },
  {
    type = TYPE,
    candidates = INSTALLED,
    bundledVersion,
  }: { type?: string; candidates?: typeof INSTALLED; bundledVersion?: string } = {},
) {
  const decision = resolveVersion({ type, instance: 'LATEST', ...request }, type, {
    packageName: '@acme/plugin-echo',
    candidates,
    ...(bundledVersion === undefined ? {} : { bundledVersion }),
  })
  return { version: decision.candidate.version, request: decision.request, decidedBy: decision.decidedBy }
}

function faultOf(run: () => unknown): PluginError {
  try {
    run()
  } catch (error) {
    if (error instanceof PluginError) return error
    throw error
  }
  throw new Error('It did not fail.')
}

test('the nearest level that asks decides', () => {
  const all = { task: '1.0.0', flow: '1.1.0', namespace: '1.2.0', instance: 'OLDEST' }
  const { task: _, ...withoutTask } = all
  const { flow: __, ...withoutFlow } = withoutTask
  expect(resolve(all)).toEqual({ version: '1.0.0', request: '1.0.0', decidedBy: 'task' })
  expect(resolve(withoutTask)).toEqual({ version: '1.1.0', request: '1.1.0', decidedBy: 'flow' })
  expect(resolve(withoutFlow)).toEqual({ version: '1.2.0', request: '1.2.0', decidedBy: 'namespace' })
  expect(resolve({ instance: 'OLDEST' })).toEqual({
    version: '0.9.0',
    request: 'OLDEST',
    decidedBy: 'instance',
  })
})

test.each([
  ['LATEST', '1.2.0'],
  ['latest', '1.2.0'],
  ['Oldest', '0.9.0'],
  ['0.10.0', '0.10.0'],
  ['v1.0.0', '1.0.0'],
  ['^1', '1.2.0'],
  ['~1.0', '1.0.0'],
  ['<1', '0.10.0'],
  ['1.x', '1.2.0'],
  ['*', '1.2.0'],
  ['stable', '1.0.0'],
  ['next', '2.0.0-rc.1'],
  ['2.0.0-rc.1', '2.0.0-rc.1'],
  ['^2.0.0-rc', '2.0.0-rc.1'],
])('a task that asks for %s gets %s', (task, version) => {
  expect(resolve({ task }).version).toBe(version)
})

test('a blank request asks for nothing', () => {
  expect(resolve({ task: ' ', flow: '', namespace: '1.0.0' }).decidedBy).toBe('namespace')
})

test('pre-releases count where nothing else is installed', () => {
  const candidates = [
    { version: '1.0.0-beta.2', distTags: [] },
    { version: '1.0.0-beta.10', distTags: [] },
  ]
  expect(resolve({ task: 'LATEST' }, { candidates }).version).toBe('1.0.0-beta.10')
  expect(resolve({ task: 'OLDEST' }, { candidates }).version).toBe('1.0.0-beta.2')
  expect(resolve({ task: '^1' }, { candidates }).version).toBe('1.0.0-beta.10')
})

describe('CURRENT', () => {
  test('is the version that came with this release, though a newer one is installed', () => {
    expect(resolve({ instance: 'CURRENT' }, { bundledVersion: '1.0.0' }).version).toBe('1.0.0')
  })
  test('is LATEST for what did not come with it, or was removed', () => {
    expect(resolve({ instance: 'current' }).version).toBe('1.2.0')
    expect(resolve({ instance: 'CURRENT' }, { bundledVersion: '3.0.0' }).version).toBe('1.2.0')
  })
  test.each(['CURRENT', 'none'])('%s is refused below the instance', (keyword) => {
    expect(faultOf(() => resolve({ flow: keyword })).code).toBe('PLUGIN_VERSION_REQUEST_INVALID')
  })
})

describe('NONE', () => {
  test('demands a version of everything but core types, and lists the choice', () => {
    const fault = faultOf(() => resolve({ instance: 'none' }))
    expect(fault.code).toBe('PLUGIN_VERSION_REQUIRED')
    expect(fault.hint).toContain('1.2.0 (latest)')
  })
  test('is content with a version from a default', () => {
    expect(resolve({ instance: 'NONE', namespace: '1.0.0' }).version).toBe('1.0.0')
  })
  test('never demands one of a core type', () => {
    expect(resolve({ instance: 'NONE' }, { type: CORE_TYPE })).toEqual({
      version: '1.2.0',
      request: 'LATEST',
      decidedBy: 'core',
    })
  })
})

test('a core type falls back to LATEST above the task, but what a task pins is never replaced', () => {
  expect(resolve({ instance: '9.9.9' }, { type: CORE_TYPE }).decidedBy).toBe('core')
  expect(resolve({ namespace: '^9' }, { type: CORE_TYPE }).version).toBe('1.2.0')
  expect(faultOf(() => resolve({ task: '9.9.9' }, { type: CORE_TYPE })).code).toBe(
    'PLUGIN_VERSION_NOT_INSTALLED',
  )
})

test('a request that nothing satisfies names the type, the level, what is installed and what to do', () => {
  const fault = faultOf(() => resolve({ task: '>=9 <10' }))
  expect(fault.code).toBe('PLUGIN_VERSION_NOT_INSTALLED')
  expect(fault.message).toContain(TYPE)
  expect(fault.message).toContain('task')
  expect(fault.hint).toContain('2.0.0-rc.1 (next), 1.2.0 (latest), 1.1.0, 1.0.0 (stable), 0.10.0, 0.9.0')
  expect(fault.hint).toContain('pinion plugins install @acme/plugin-echo@">=9 <10"')
})

test.each(['', 'not a version', '1..2', '-x', 'x'.repeat(300)])('%j is no default version', (text) => {
  expect(faultOf(() => parseDefaultVersion(text)).code).toBe('PLUGIN_VERSION_REQUEST_INVALID')
})
test('a range or a dist-tag is no default version of an instance', () => {
  expect(() => parseDefaultVersion('^1')).toThrow(PluginError)
  expect(() => parseDefaultVersion('FOO')).toThrow(PluginError)
  expect(parseDefaultVersion('oldest')).toBe('OLDEST')
})

const version = fc
  .tuple(fc.nat(12), fc.nat(12), fc.nat(12), fc.option(fc.constantFrom('alpha', 'beta.2', 'beta.11', 'rc.1')))
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre === null ? '' : `-${pre}`}`)
const installed = fc
  .uniqueArray(version, { minLength: 1, maxLength: 12 })
  .map((versions) => versions.map((entry) => ({ version: entry, distTags: [] as string[] })))
const request = fc.oneof(fc.constantFrom('LATEST', 'OLDEST', '^1', '<5', '>=2 <9', '*'), version)

describe('for all installed versions', () => {
  test('the order in which they are listed decides nothing', () => {
    fc.assert(
      fc.property(installed, request, fc.nat(), (candidates, task, rotation) => {
        const cut = rotation % candidates.length
        const rotated = [...candidates.slice(cut), ...candidates.slice(0, cut)].reverse()
        expect(attempt(rotated, task)).toEqual(attempt(candidates, task))
      }),
    )
  })
  test('LATEST is the highest release, and OLDEST the lowest, numerically', () => {
    fc.assert(
      fc.property(installed, (candidates) => {
        const versions = candidates.map((candidate) => candidate.version)
        const releases = versions.filter((entry) => semver.prerelease(entry) === null)
        const sorted = semver.sort(releases.length > 0 ? releases : versions)
        expect(attempt(candidates, 'LATEST')).toBe(sorted.at(-1))
        expect(attempt(candidates, 'OLDEST')).toBe(sorted[0])
      }),
    )
  })
  test('what a range gets satisfies it, and nothing better was passed over', () => {
    fc.assert(
      fc.property(installed, fc.constantFrom('^1', '<5', '>=2 <9'), (candidates, range) => {
        const expected = semver.maxSatisfying(
          candidates.map((candidate) => candidate.version),
          range,
        )
        const hasRelease = candidates.some((candidate) => semver.prerelease(candidate.version) === null)
        if (hasRelease) expect(attempt(candidates, range)).toBe(expected ?? undefined)
      }),
    )
  })
  test('an exact version gets itself or nothing', () => {
    fc.assert(
      fc.property(installed, version, (candidates, exact) => {
        const isThere = candidates.some((candidate) => candidate.version === exact)
        expect(attempt(candidates, exact)).toBe(isThere ? exact : undefined)
      }),
    )
  })
})

function attempt(candidates: typeof INSTALLED, task: string): string | undefined {
  try {
    return resolve({ task }, { candidates }).version
  } catch {
    return undefined
  }
}
