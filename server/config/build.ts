import { resolve } from 'node:path'
import { ENVIRONMENT_PREFIXES, FOREIGN_ROOTS } from './config-key.ts'
import { buildDatasource } from './datasource.ts'
import { CONFIG_KEYS } from './keys.ts'
import type { RepositoryConfig, ServerConfig } from './server-config.ts'
import type { SettingReader } from './setting-reader.ts'

/** Reads every key once, in the order of the docs. Faults are left in the reader. */
export function buildConfig(
  reader: SettingReader,
  environment: Readonly<Record<string, string | undefined>>,
): ServerConfig {
  const k = CONFIG_KEYS
  const dataDir = resolve(reader.read(k.dataDir))
  const within = (path: string | undefined, fallback: string): string => resolve(dataDir, path ?? fallback)
  return {
    server: {
      port: reader.read(k.port),
      host: reader.read(k.host),
      terminationGraceMs: reader.read(k.terminationGracePeriod),
      admin: { username: reader.find(k.adminUsername) ?? 'admin', password: reader.find(k.adminPassword) },
      openUrls: reader.read(k.openUrls),
    },
    dataDir,
    url: reader.find(k.publicUrl)?.replace(/\/+$/, ''),
    environment: { name: reader.find(k.environmentName), color: reader.find(k.environmentColor) },
    datasource: buildDatasource(reader, dataDir),
    storage: readStorage(),
    plugins: {
      management: {
        enabled: reader.read(k.managementEnabled),
        remoteStorageEnabled: reader.read(k.remoteStorageEnabled),
        customPluginsEnabled: reader.read(k.customPluginsEnabled),
        localRepositoryPath: within(reader.find(k.localRepositoryPath), 'plugins'),
        autoReloadEnabled: reader.read(k.autoReloadEnabled),
        autoReloadIntervalMs: reader.read(k.autoReloadInterval),
        defaultVersion: reader.read(k.defaultVersion),
      },
      repositories: reader.names(k.repositoryUrl).map((name) => readRepository(reader, name)),
      groups: reader.read(k.groups),
      defaults: reader.read(k.pluginDefaults),
      configurations: reader.read(k.pluginConfigurations),
      security: { includes: reader.read(k.securityIncludes), excludes: reader.read(k.securityExcludes) },
    },
    registry: {
      enabled: reader.read(k.registryEnabled),
      anonymousRead: reader.read(k.registryAnonymousRead),
      scopes: reader.read(k.registryScopes),
    },
    limits: {
      jsonBodyBytes: reader.read(k.jsonBody),
      uploadBytes: reader.read(k.upload),
      inputFilesBytes: reader.read(k.inputFiles),
    },
    variables: {
      envs: pickEnvs(environment, reader.read(k.envVarsPrefix)),
      globals: reader.read(k.globals),
      timeZone: reader.find(k.timeZone),
    },
    encryption: { secretKey: reader.find(k.encryptionKey) },
    secrets: pickSecrets(environment),
    log: { level: reader.read(k.logLevel) },
  }

  function readStorage(): ServerConfig['storage'] {
    reader.read(k.storageType)
    return { local: { basePath: within(reader.find(k.storageBasePath), 'storage') } }
  }
}

function readRepository(reader: SettingReader, name: string): RepositoryConfig {
  const k = CONFIG_KEYS
  const repository = {
    name,
    url: reader.read(k.repositoryUrl, name),
    username: reader.find(k.repositoryUsername, name),
    password: reader.find(k.repositoryPassword, name),
    token: reader.find(k.repositoryToken, name),
    scopes: reader.read(k.repositoryScopes, name),
  }
  if (repository.url === '') reader.fault(k.repositoryUrl, 'is missing: a repository needs an address.', name)
  if ((repository.username === undefined) !== (repository.password === undefined)) {
    reader.fault(k.repositoryUsername, 'and password go together: one of them is missing.', name)
  }
  if (repository.token !== undefined && repository.username !== undefined) {
    reader.fault(k.repositoryToken, 'contradicts username and password: give one or the other.', name)
  }
  for (const scope of repository.scopes) {
    if (!/^@[a-z0-9][a-z0-9._-]*$/.test(scope))
      reader.fault(k.repositoryScopes, `must hold npm scopes such as @acme, not "${scope}".`, name)
  }
  return repository
}

const SECRET_PREFIX = 'SECRET_'

/** As the reference has them without a secret manager: base64, so that any bytes pass through an environment. */
function pickSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const picked = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && name.startsWith(SECRET_PREFIX)
      ? [
          [
            name.slice(SECRET_PREFIX.length).toUpperCase(),
            Buffer.from(value, 'base64').toString('utf8'),
          ] as const,
        ]
      : [],
  )
  return Object.fromEntries(picked)
}

/** With an empty prefix everything is taken, except our own settings: they hold passwords. */
function pickEnvs(
  environment: Readonly<Record<string, string | undefined>>,
  prefix: string,
): Readonly<Record<string, string>> {
  const own = [
    SECRET_PREFIX,
    ...ENVIRONMENT_PREFIXES,
    ...FOREIGN_ROOTS.map((root) => `${root.toUpperCase()}_`),
  ]
  const picked = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && name.startsWith(prefix) && !own.some((each) => name.startsWith(each))
      ? [[name.slice(prefix.length).toLowerCase(), value] as const]
      : [],
  )
  return Object.fromEntries(picked)
}
