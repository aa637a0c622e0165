// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are the subject.
import { describe, expect, test } from 'vitest'
import { ServerError } from '../errors.ts'
import { configurationPage } from './document.ts'
import { type ConfigSources, resolveConfig } from './resolve.ts'

function resolveText(text: string, sources: Partial<ConfigSources> = {}) {
  return resolveConfig({ environment: {}, ...sources, file: { path: 'config.yaml', text } })
}

function problemsOf(
  text: string,
  sources: Partial<ConfigSources> = {},
): readonly { message: string; hint?: string }[] {
  try {
    resolveText(text, sources)
  } catch (error) {
    if (error instanceof ServerError) return error.problems
    throw error
  }
  return []
}

describe('sources', () => {
  test('nothing at all gives the defaults, frozen all the way down', () => {
    const { config } = resolveConfig({ environment: {} })
    expect(config.server.port).toBe(8080)
    expect(config.plugins.management.defaultVersion).toBe('LATEST')
    expect(config.datasource).toMatchObject({ kind: 'sqlite' })
    expect(Object.isFrozen(config.plugins.management)).toBe(true)
  })

  test.each([
    ['pinion:\n  server:\n    port: 1', {}, 1],
    ['kestra:\n  server:\n    port: 2', {}, 2],
    ['kestra.server.port: 3', {}, 3],
    ['pinion:\n  server.port: 4', {}, 4],
    ['micronaut:\n  server:\n    port: 5', {}, 5],
    ['', { KESTRA_SERVER_PORT: '6' }, 6],
    ['', { PINION_SERVER_PORT: '7', KESTRA_SERVER_PORT: '6' }, 7],
    ['', { MICRONAUT_SERVER_PORT: '8' }, 8],
    ['', { MICRONAUT_SERVER_PORT: '8', KESTRA_SERVER_PORT: '9' }, 9],
    ['', { KESTRA_CONFIGURATION: 'kestra:\n  server:\n    port: 10' }, 10],
    ['pinion:\n  server:\n    port: 1', { PINION_CONFIGURATION: 'pinion:\n  server:\n    port: 11' }, 11],
    ['pinion:\n  server:\n    port: 1', { PINION_SERVER_PORT: '12' }, 12],
  ])('the port from %j and %j is %i', (text, environment, port) => {
    expect(resolveText(text, { environment }).config.server.port).toBe(port)
  })

  test('the command line wins, and its origin is kept', () => {
    const { config, settings } = resolveText('pinion:\n  server:\n    port: 1', {
      environment: { PINION_SERVER_PORT: '2' },
      overrides: [{ key: 'server.port', value: 3, source: '--port' }],
    })
    expect(config.server.port).toBe(3)
    expect(settings.find(({ key }) => key === 'server.port')).toMatchObject({ value: 3, origin: '--port' })
  })

  test('every setting tells its file and line; a secret is never shown', () => {
    const { settings } = resolveText(
      'pinion:\n  server:\n    basic-auth:\n      password: hunter2\n    port: 81',
    )
    expect(settings.find(({ key }) => key === 'server.port')?.origin).toBe('config.yaml:5:5')
    expect(JSON.stringify(settings)).not.toContain('hunter2')
  })

  test('the same key twice in one source contradicts itself', () => {
    expect(problemsOf('pinion:\n  dataDir: a\n  data-dir: b')[0]?.message).toBe(
      'config.yaml:3:3: "dataDir" is set twice; first at config.yaml:2:3.',
    )
  })
})

describe('names', () => {
  test.each(['defaultVersion', 'default-version'])('%s is the same key', (name) => {
    const { config } = resolveText(`kestra:\n  plugins:\n    management:\n      ${name}: oldest`)
    expect(config.plugins.management.defaultVersion).toBe('OLDEST')
  })

  test('unknown keys stop the start, all of them, with place and nearest key', () => {
    const problems = problemsOf(
      'pinion:\n  servr:\n    port: 1\n  plugins:\n    management:\n      autoReload: true',
    )
    expect(problems).toMatchObject([
      { message: 'config.yaml:2:3: Unknown key "servr".', hint: 'Did you mean "server"?' },
      {
        message: expect.stringContaining('config.yaml:6:7'),
        hint: expect.stringContaining('autoReloadEnabled'),
      },
    ])
  })

  test('an unknown root is refused, and the hint names the right one', () => {
    expect(problemsOf('server:\n  port: 1')[0]).toMatchObject({ hint: expect.stringContaining('pinion:') })
  })

  test('a mistyped environment variable is a warning with the right name', () => {
    const { warnings } = resolveConfig({ environment: { PINION_SERVR_PORT: '1' } })
    expect(warnings[0]?.hint).toBe('Did you mean PINION_SERVER_PORT?')
  })

  test('keys of an existing configuration that mean nothing here only warn', () => {
    const { warnings } = resolveText(
      'kestra:\n  repository:\n    type: postgres\n  ee:\n    license:\n      id: x\nmicronaut:\n  server:\n    cors:\n      enabled: true',
    )
    expect(warnings.map(({ path }) => path)).toEqual([
      'repository.type',
      'ee.license',
      'micronaut.server.cors',
    ])
  })
})

describe('values', () => {
  test.each([
    ['server:\n    port: high', 'whole number'],
    ['server:\n    port: 70000', 'from 0 to 65535'],
    ['server:\n    terminationGracePeriod: 30', 'needs a unit: write 30s'],
    ['limits:\n    upload: 10', 'needs a unit: write 10MB'],
    ['plugins:\n    management:\n      defaultVersion: FOO', 'LATEST, CURRENT, OLDEST, NONE'],
    ['plugins:\n    management:\n      enabled: maybe', 'true or false'],
    ['plugins:\n    repositories:\n      a:\n        url: ftp://x', 'http'],
    ['plugins:\n    repositories:\n      a:\n        url: https://u:p@x', 'credentials'],
    ['plugins:\n    repositories:\n      a:\n        token: x', 'needs an address'],
    ['plugins:\n    defaults:\n      - type: a\n        value: {}', 'unknown name "value"'],
    ['storage:\n    type: s3', 'one of local'],
    ['server: 8080', 'must be a map'],
    ['dataDir: "${NOWHERE}"', 'neither an environment variable nor a key'],
    ['url: "${pinion.url}"', 'refers to itself'],
  ])('%j is refused: %s', (text, message) => {
    expect(problemsOf(`pinion:\n  ${text}`)[0]?.message).toContain(message)
  })

  test('all faults are listed at once', () => {
    expect(
      problemsOf('pinion:\n  server:\n    port: x\n    terminationGracePeriod: 3\n  limits:\n    upload: 1'),
    ).toHaveLength(3)
  })

  test.each([
    ['1500ms', 1500],
    ['60s', 60_000],
    ['PT1H30M', 5_400_000],
    ['P1D', 86_400_000],
  ])('a duration %s is %i ms', (written, ms) => {
    const { config } = resolveText(`pinion:\n  server:\n    terminationGracePeriod: ${written}`)
    expect(config.server.terminationGraceMs).toBe(ms)
  })

  test('placeholders take variables, keys and defaults', () => {
    const { config } = resolveText(
      [
        'pinion:',
        '  environment: { name: "${STAGE:dev}-${MISSING:${STAGE:x}}" }',
        '  server: { basic-auth: { username: ann, password: "${PASS}" } }',
        '  plugins:',
        '    repositories:',
        '      acme: { url: "https://${pinion.server.basic-auth.username}.example.com", basic-auth: { username: u, password: "a$${b}" } }',
      ].join('\n'),
      { environment: { STAGE: 'prod', PASS: 's3cret' } },
    )
    expect(config.environment.name).toBe('prod-prod')
    expect(config.server.admin).toEqual({ username: 'ann', password: 's3cret' })
    expect(config.plugins.repositories[0]).toMatchObject({
      url: 'https://ann.example.com',
      password: 'a${b}',
    })
  })

  test('a repository of the file takes its token from the environment, whatever its name looks like', () => {
    const { config } = resolveText(
      'pinion:\n  plugins:\n    repositories:\n      my_npm: { url: "https://x.example" }',
      {
        environment: { PINION_PLUGINS_REPOSITORIES_MY_NPM_TOKEN: 't' },
      },
    )
    expect(config.plugins.repositories).toMatchObject([{ name: 'my_npm', token: 't' }])
  })

  test.each([
    [
      'jdbc:mysql://db:3307/pinion',
      { kind: 'mysql', host: 'db', port: 3307, database: 'pinion', username: 'u' },
    ],
    ['mariadb://db/pinion', { kind: 'mysql', port: 3306 }],
    ['jdbc:sqlite:/tmp/x.db', { kind: 'sqlite', path: '/tmp/x.db' }],
  ])('the datasource %s', (url, expected) => {
    const { config } = resolveText(`datasources:\n  main:\n    url: ${url}\n    username: u`)
    expect(config.datasource).toMatchObject(expected)
  })

  test('the admin comes from PINION_ADMIN_USERNAME and PINION_ADMIN_PASSWORD', () => {
    const { config } = resolveConfig({
      environment: { PINION_ADMIN_USERNAME: 'a', PINION_ADMIN_PASSWORD: 'b' },
    })
    expect(config.server.admin).toEqual({ username: 'a', password: 'b' })
  })

  test('envs come by prefix, and never our own settings', () => {
    const environment = { ENV_MY_VAR: '1', PINION_ADMIN_PASSWORD: 'p', HOME: '/h' }
    expect(resolveConfig({ environment }).config.variables.envs).toEqual({ my_var: '1' })
    const all = resolveConfig({ environment: { ...environment, PINION_VARIABLES_ENV_VARS_PREFIX: '' } })
    expect(all.config.variables.envs).toEqual({ env_my_var: '1', home: '/h' })
  })

  test('plugin defaults come as YAML text from the environment as well', () => {
    const { config } = resolveConfig({
      environment: { PINION_PLUGINS_DEFAULTS: '[{"type":"a.B","values":{"level":"ERROR"},"forced":true}]' },
    })
    expect(config.plugins.defaults).toEqual([{ type: 'a.B', values: { level: 'ERROR' }, forced: true }])
  })
})

describe('hostile text', () => {
  test('aliases, deep nesting, huge texts and broken YAML are refused with a message, not a crash', () => {
    expect(problemsOf('pinion: &a\n  dataDir: *a')[0]?.message).toContain('Aliases')
    expect(problemsOf(`pinion: ${'['.repeat(5000)}${']'.repeat(5000)}`)[0]?.message).toMatch(
      /Nested deeper|too deep/i,
    )
    expect(problemsOf(`# ${'x'.repeat(1_100_000)}`)[0]?.message).toContain('Larger than')
    expect(problemsOf('pinion: {')[0]?.message).toContain('config.yaml:')
    expect(problemsOf('pinion:\n  plugins:\n    groups:\n      __proto__: x')).toEqual([])
  })
})

test('docs/configuration.md is what the table says; `npx vitest run server/config -u` writes it', async () => {
  await expect(configurationPage()).toMatchFileSnapshot('../../docs/configuration.md')
})
