import type { IncomingMessage, ServerResponse } from 'node:http'
import { isJsonObject } from '../json-value.ts'
import { MAX_LOGIN_BYTES } from '../limits.ts'
import { answerError, answerJson } from './answer.ts'
import type { RegistryProcessOptions } from './options.ts'
import type { RegistryIdentity } from './protocol.ts'

type SessionCallbacks = Pick<RegistryProcessOptions, 'login' | 'revoke'>

const USER_PATH = /^\/-\/user\/org\.couchdb\.user:([^/]+)(?:\/-rev\/[^/]*)?$/
const TOKEN_PATH = /^\/-\/user\/token\/([^/]+)$/

/**
 * Answers what is about people and tokens, which only the server knows: login, logout, whoami. The registry's process
 * never sees a password or a token.
 *
 * @param path - without the mount path and query
 * @returns false if the request is about something else
 */
export async function handleSession(
  callbacks: SessionCallbacks,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  identity: RegistryIdentity | undefined,
): Promise<boolean> {
  const user = request.method === 'PUT' ? USER_PATH.exec(path)?.[1] : undefined
  if (user !== undefined) {
    await logIn(callbacks, request, response, decode(user))
    return true
  }
  const token = request.method === 'DELETE' ? TOKEN_PATH.exec(path)?.[1] : undefined
  if (token !== undefined) {
    await callbacks.revoke(decode(token), identity?.username)
    answerJson(response, 200, { ok: 'Logged out' })
    return true
  }
  if (request.method === 'POST' && path === '/-/v1/login') {
    // npm tries a login by browser first, and takes this for "ask for name and password instead".
    answerError(response, 404, 'NOT_OFFERED', 'This registry has no login by browser.')
    return true
  }
  if (request.method === 'GET' && path === '/-/whoami') {
    if (identity === undefined)
      answerError(response, 401, 'NOT_LOGGED_IN', 'The token is missing or not valid.')
    else answerJson(response, 200, { username: identity.username })
    return true
  }
  return false
}

async function logIn(
  callbacks: SessionCallbacks,
  request: IncomingMessage,
  response: ServerResponse,
  username: string,
): Promise<void> {
  const body = await readSmallJson(request)
  if (!isJsonObject(body) || body['name'] !== username || typeof body['password'] !== 'string') {
    answerError(
      response,
      400,
      'LOGIN_INVALID',
      'A login needs a name, the same as in the address, and a password.',
    )
    return
  }
  const kind = typeof body['email'] === 'string' && body['email'] !== '' ? 'register' : 'login'
  const result = await callbacks.login(username, body['password'], kind)
  if (result.outcome === 'granted') {
    const answer = { ok: `you are authenticated as '${username}'`, id: `org.couchdb.user:${username}` }
    answerJson(response, 201, { ...answer, rev: '1-0', token: result.token })
    return
  }
  // By this npm knows to say that the password is wrong; a token it would call invalid.
  response.setHeader('www-authenticate', 'Basic')
  const status = result.retryAfterSeconds === undefined ? 401 : 429
  const message = result.message ?? 'The user name or the password is wrong.'
  answerError(response, status, 'LOGIN_REFUSED', message, result.retryAfterSeconds)
}

/** undefined if it is too large or no JSON. */
async function readSmallJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    sizeBytes += chunk.length
    if (sizeBytes > MAX_LOGIN_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
