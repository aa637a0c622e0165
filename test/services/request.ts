import { inject } from 'vitest'
import type { KeeperAnswer } from './keeper.ts'
import type { Connection } from './service.ts'

/**
 * The connection to a service, started by whoever asks first in a test run. Undefined if the machine does not have it:
 * the caller skips its tests by name. With CI=true that is a failure, so that a build never passes by skipping.
 */
export async function requestService(name: string): Promise<Connection | undefined> {
  const response = await fetch(`${inject('servicesUrl')}/${name}`)
  if (!response.ok) throw new Error(`The service ${name} did not start: ${await response.text()}`)
  const answer: KeeperAnswer = JSON.parse(await response.text())
  switch (answer.state) {
    case 'running':
      return answer.connection
    case 'failed':
      throw new Error(`The service ${name} did not start: ${answer.message}`)
    case 'missing':
      if (process.env['CI'] !== 'true') return undefined
      throw new Error(`CI runs the tests of ${name}, but ${answer.binary} is not installed.`)
    default:
      return answer satisfies never
  }
}
