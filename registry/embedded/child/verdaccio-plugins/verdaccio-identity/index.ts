import type { IncomingMessage, ServerResponse } from 'node:http'
import { readIdentity } from '../../identity-headers.ts'

interface RemoteUser {
  readonly name?: string
  readonly groups: readonly string[]
}

interface Helpers {
  createAnonymousRemoteUser(): RemoteUser
  createRemoteUser(name: string, groups: readonly string[]): RemoteUser
}

interface VerdaccioRequest extends IncomingMessage {
  remote_user?: RemoteUser
}

interface VerdaccioResponse extends ServerResponse {
  readonly locals: { remote_user?: RemoteUser }
}

type Done = (error: unknown, groups: readonly string[] | false) => void

/**
 * Tells Verdaccio who asks: whoever the parent process says. The server in front has checked that the request comes
 * from there before Verdaccio sees it. Verdaccio loads a plugin's default export with `new`.
 *
 * @see verdaccio.org/docs/plugin-auth, `apiJWTmiddleware`
 */
export default class IdentityPlugin {
  apiJWTmiddleware(helpers: Helpers) {
    return (request: VerdaccioRequest, response: VerdaccioResponse, next: () => void): void => {
      const identity = readIdentity(request.headers)
      const user =
        identity === undefined
          ? helpers.createAnonymousRemoteUser()
          : helpers.createRemoteUser(identity.username, [])
      request.remote_user = user
      response.locals.remote_user = user
      next()
    }
  }

  /** There are no passwords here. */
  authenticate(_username: string, _password: string, done: Done): void {
    done(null, false)
  }
}
