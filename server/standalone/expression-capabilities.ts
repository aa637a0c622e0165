import { hkdfSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import type { ExpressionCapabilities } from '@pinion/core/execution'
import type { ServerConfig } from '../config/index.ts'

/** What expressions reach of this machine. There is no `http`: requests are made by tasks, whose plugins declare them. */
export function expressionCapabilities({ variables, encryption }: ServerConfig): ExpressionCapabilities {
  const { secretKey } = encryption
  return {
    nowMs: Date.now,
    random: Math.random,
    randomBytes,
    timeZone: variables.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    freePort,
    ...(secretKey === undefined
      ? {}
      : {
          encryptionKey: (tenant: string, namespace: string, name: string) =>
            namedKey(secretKey, tenant, namespace, name),
        }),
  }
}

const AES_256_BYTES = 32

/**
 * The key that a name stands for in a namespace: derived, so that no template decrypts with the platform's own key what it
 * was not given, nor what another namespace encrypted.
 */
function namedKey(secretKey: string, tenant: string, namespace: string, name: string): string {
  const purpose = JSON.stringify(['expression', tenant, namespace, name])
  const key = hkdfSync('sha256', Buffer.from(secretKey, 'base64'), purpose, 'pinion', AES_256_BYTES)
  return Buffer.from(key).toString('base64')
}

/** Free when it was asked for: somebody else may take it before it is used. */
function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => {
      if (address !== null && typeof address === 'object') resolve(address.port)
      else reject(new Error('A listening server has no port.'))
    })
  })
  return promise
}
