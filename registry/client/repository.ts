import { RegistryError } from '../errors.ts'
import type { RepositoryOptions } from './options.ts'

/** A repository as the client uses it: checked, with its credentials as a header. */
export interface Repository {
  readonly name: string
  /** Ends with a slash. */
  readonly url: URL
  readonly authorization: string | undefined
  readonly scopes: readonly string[]
}

/** @throws RegistryError `REGISTRY_CONFIGURATION_INVALID` listing everything that is wrong */
export function parseRepositories(options: readonly RepositoryOptions[]): readonly Repository[] {
  const problems: string[] = []
  const names = new Set<string>()
  const repositories: Repository[] = []
  for (const [index, option] of options.entries()) {
    const label = option.name === '' ? `Repository ${index + 1}` : `Repository "${option.name}"`
    if (option.name === '') problems.push(`${label} has no name.`)
    if (names.has(option.name)) problems.push(`${label} is configured twice.`)
    names.add(option.name)
    problems.push(...credentialProblems(option, label), ...scopeProblems(option, label))
    const url = parseUrl(option.url)
    if (url === undefined) problems.push(`${label} needs an http or https URL without credentials in it.`)
    else if (option.enabled !== false) {
      const authorization = authorizationOf(option)
      repositories.push({ name: option.name, url, authorization, scopes: option.scopes ?? [] })
    }
  }
  if (problems.length === 0) return repositories
  throw new RegistryError('REGISTRY_CONFIGURATION_INVALID', problems.join(' '), {
    hint: 'A repository is { name, url, token } or { name, url, username, password }, with "scopes" like ["@acme"].',
  })
}

function parseUrl(text: string): URL | undefined {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined
  // They would be sent on redirects and show up in messages.
  return url.username === '' && url.password === '' && url.search === '' ? url : undefined
}

function credentialProblems(option: RepositoryOptions, label: string): readonly string[] {
  const hasName = option.username !== undefined
  const hasPassword = option.password !== undefined
  if (hasName !== hasPassword) return [`${label} needs both a username and a password.`]
  if (hasName && option.token !== undefined) return [`${label} has a token and a password; give one of them.`]
  return []
}

function scopeProblems(option: RepositoryOptions, label: string): readonly string[] {
  const wrong = (option.scopes ?? []).filter((scope) => !/^@[a-z0-9~][a-z0-9._~-]*$/.test(scope))
  return wrong.map((scope) => `${label} binds ${JSON.stringify(scope)}, which is no scope like "@acme".`)
}

function authorizationOf(option: RepositoryOptions): string | undefined {
  if (option.token !== undefined) return `Bearer ${option.token}`
  if (option.username === undefined || option.password === undefined) return undefined
  return `Basic ${Buffer.from(`${option.username}:${option.password}`).toString('base64')}`
}
