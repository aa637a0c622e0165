import { JSON_BODY_BYTES } from '../limits.ts'
import { configKey } from './config-key.ts'
import { pluginDefaults, pluginValues } from './plugin-values.ts'
import {
  aesKey,
  choice,
  defaultVersion,
  duration,
  flag,
  integer,
  size,
  text,
  textList,
  textMap,
  timeZone,
  url,
} from './value-kind.ts'

/**
 * Every configuration key there is. Reading, environment names, `docs/configuration.md` and `pinion config explain`
 * follow from this table.
 */
export const CONFIG_KEYS = {
  port: configKey('server.port', integer({ min: 0, max: 65_535 }), 8080, 'TCP port; 0 takes a free one.', {
    aliases: ['micronaut.server.port'],
  }),
  host: configKey(
    'server.host',
    text,
    '127.0.0.1',
    'Address to listen on. `0.0.0.0` for every interface, as a container needs it.',
    { aliases: ['micronaut.server.host'] },
  ),
  terminationGracePeriod: configKey(
    'server.terminationGracePeriod',
    duration,
    300_000,
    'How long a stopping server waits for running tasks and open requests before it ends them.',
    { shownDefault: '5m' },
  ),
  adminUsername: configKey(
    'server.basicAuth.username',
    text,
    '',
    'Name of the first administrator. Together with the password it wins over what is stored: this is how a lost password is recovered.',
    { environment: ['PINION_ADMIN_USERNAME'], shownDefault: 'admin' },
  ),
  adminPassword: configKey(
    'server.basicAuth.password',
    text,
    '',
    'Password of the first administrator. Without one, the first start makes one and shows it once.',
    { secret: true, environment: ['PINION_ADMIN_PASSWORD'], shownDefault: 'generated' },
  ),
  openUrls: configKey(
    'server.basicAuth.openUrls',
    textList,
    [],
    'Prefixes of paths that need no login, such as `/api/v1/main/executions/webhook/`.',
  ),
  dataDir: configKey(
    'dataDir',
    text,
    '.pinion',
    'The data folder: `pinion.db`, `registry/`, `storage/`, `plugins/`, `config.yaml`. One server at a time uses it.',
  ),
  publicUrl: configKey(
    'url',
    url,
    '',
    'Public address of this server, for links in notifications and executions; without `/ui` or `/api`.',
    { shownDefault: 'where it listens' },
  ),
  environmentName: configKey(
    'environment.name',
    text,
    '',
    'Name of this environment, such as Production: shown in the UI, `kestra.environment` in expressions.',
  ),
  environmentColor: configKey(
    'environment.color',
    text,
    '',
    'Colour of the environment in the UI, such as `#FCB37C`.',
  ),

  datasourceUrl: configKey(
    'datasources.*.url',
    text,
    '',
    'Where state is kept: `mysql://host:3306/database` (MySQL or MariaDB) or `sqlite:/path/pinion.db`; the same with `jdbc:` before it.',
    { shownDefault: '`pinion.db` in the data folder' },
  ),
  datasourceUsername: configKey('datasources.*.username', text, '', 'User of the database.'),
  datasourcePassword: configKey('datasources.*.password', text, '', 'Password of the database user.', {
    secret: true,
  }),
  datasourcePoolSize: configKey(
    'datasources.*.maximumPoolSize',
    integer({ min: 1, max: 1000 }),
    10,
    'Connections to the database at most.',
  ),
  storageType: configKey('storage.type', choice(['local']), 'local', 'Where internal storage keeps files.'),
  storageBasePath: configKey('storage.local.basePath', text, '', 'Folder of the internal storage.', {
    shownDefault: '`storage` in the data folder',
  }),

  managementEnabled: configKey(
    'plugins.management.enabled',
    flag,
    true,
    'Whether plugin versions may be installed and removed while the server runs. `false`: those calls are refused.',
  ),
  remoteStorageEnabled: configKey(
    'plugins.management.remoteStorageEnabled',
    flag,
    true,
    'Keep installed packages in internal storage, so that every server has them; `false`: in `localRepositoryPath` only.',
  ),
  customPluginsEnabled: configKey(
    'plugins.management.customPluginsEnabled',
    flag,
    true,
    'Allow uploads, and packages outside the official scopes.',
  ),
  localRepositoryPath: configKey(
    'plugins.management.localRepositoryPath',
    text,
    '',
    'Folder on this machine that plugin versions are synchronised to and loaded from.',
    { shownDefault: '`plugins` in the data folder' },
  ),
  autoReloadEnabled: configKey(
    'plugins.management.autoReloadEnabled',
    flag,
    true,
    'Whether new and removed versions are taken over while the server runs.',
  ),
  autoReloadInterval: configKey(
    'plugins.management.autoReloadInterval',
    duration,
    60_000,
    'How often to rescan as a safety net; publishing is noticed at once without it.',
    { shownDefault: '60s' },
  ),
  defaultVersion: configKey(
    'plugins.management.defaultVersion',
    defaultVersion,
    'LATEST',
    'The version of a plugin where neither task, flow nor namespace names one.',
  ),
  repositoryUrl: configKey(
    'plugins.repositories.*.url',
    url,
    '',
    'Address of an npm registry to install plugins from.',
  ),
  repositoryUsername: configKey('plugins.repositories.*.username', text, '', 'User of that registry.', {
    aliases: ['plugins.repositories.*.basicAuth.username'],
  }),
  repositoryPassword: configKey('plugins.repositories.*.password', text, '', 'Password of that user.', {
    secret: true,
    aliases: ['plugins.repositories.*.basicAuth.password'],
  }),
  repositoryToken: configKey(
    'plugins.repositories.*.token',
    text,
    '',
    'Bearer token of that registry, instead of user and password.',
    { secret: true },
  ),
  repositoryScopes: configKey(
    'plugins.repositories.*.scopes',
    textList,
    [],
    'npm scopes that come from this registry alone, such as `@acme`: no other registry can shadow them.',
  ),
  groups: configKey(
    'plugins.groups',
    textMap,
    { 'io.kestra.plugin': '@pinion' },
    'Which npm scope a group stands for in coordinates such as `io.kestra.plugin:plugin-core:1.0.0`.',
  ),
  pluginDefaults: configKey(
    'plugins.defaults',
    pluginDefaults,
    [],
    'Default properties by type or prefix of one, for every flow: a list of `{type, values, forced}`.',
  ),
  pluginConfigurations: configKey(
    'plugins.configurations',
    pluginValues,
    [],
    'Instance-wide settings that plugins read for themselves: a list of `{type, values}`.',
  ),
  securityIncludes: configKey(
    'plugins.security.includes',
    textList,
    [],
    'Types that may be used: whole names, `*` for any text. Empty: all.',
  ),
  securityExcludes: configKey(
    'plugins.security.excludes',
    textList,
    [],
    'Types that may not be used, whatever `includes` says.',
  ),

  registryEnabled: configKey(
    'registry.enabled',
    flag,
    true,
    'Serve the embedded npm registry at `/registry/`.',
  ),
  registryAnonymousRead: configKey(
    'registry.anonymousRead',
    flag,
    false,
    'Let anybody read packages of the embedded registry; publishing always needs a login.',
  ),
  registryScopes: configKey(
    'registry.scopes',
    textList,
    ['@pinion'],
    'npm scopes that come from the embedded registry alone.',
  ),

  jsonBody: configKey('limits.jsonBody', size, JSON_BODY_BYTES, 'Largest JSON or YAML body of a request.', {
    shownDefault: '4MB',
  }),
  upload: configKey('limits.upload', size, 64 * 1_048_576, 'Largest uploaded or published plugin package.', {
    shownDefault: '64MB',
    aliases: ['micronaut.server.maxRequestSize'],
  }),
  inputFiles: configKey(
    'limits.inputFiles',
    size,
    1_073_741_824,
    'Largest multipart request that starts an execution.',
    {
      shownDefault: '1GB',
      aliases: ['micronaut.server.multipart.maxFileSize'],
    },
  ),

  envVarsPrefix: configKey(
    'variables.envVarsPrefix',
    text,
    'ENV_',
    'Environment variables with this prefix are `envs.*` in expressions, in lower case and without it.',
  ),
  globals: configKey('variables.globals', textMap, {}, 'Values that every flow sees as `globals.*`.'),
  timeZone: configKey(
    'variables.timeZone',
    timeZone,
    '',
    'Time zone in which expressions show dates unless they name another, such as `Europe/Berlin`.',
    { shownDefault: "the machine's" },
  ),
  encryptionKey: configKey(
    'encryption.secretKey',
    aesKey,
    '',
    'AES key in Base64 (`openssl rand -base64 32`), from which the named keys of `encrypt()` and `decrypt()` are derived.',
    { secret: true },
  ),
  logLevel: configKey(
    'log.level',
    choice(['trace', 'debug', 'info', 'warn', 'error']),
    'info',
    'How much the server logs.',
  ),
} as const

/** Keys of an existing configuration that are understood but change nothing here, and why. A prefix covers what is below it. */
export const KEYS_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'server.basicAuth.enabled': 'a login is always needed',
  'repository.type': 'it follows from the datasource',
  'queue.type': 'it follows from the datasource',
  'datasources.*.driverClassName': 'the driver follows from the address',
  'datasources.*.dialect': 'the dialect follows from the address',
  'ee.license': 'there are no licences',
  tutorialFlows: 'there are no tutorial flows to load',
  templates: 'templates do not exist here',
  anonymousUsageReport: 'nothing is reported to anybody',
  uiAnonymousUsageReport: 'nothing is reported to anybody',
  jdbc: 'queues are not polled here',
  micronaut:
    'only micronaut.server.port, host, max-request-size and multipart.max-file-size have a meaning here',
  logger: 'use log.level',
}
