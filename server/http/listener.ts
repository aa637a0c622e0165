import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { ServerError } from '../errors.ts'
import {
  CONNECTIONS,
  HEADER_BYTES,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  REQUESTS_PER_CONNECTION,
} from '../limits.ts'

/** A socket that answers requests, bounded against slow and greedy clients. */
export class HttpListener {
  readonly #server: Server
  #closed: Promise<void> | undefined

  constructor(handle: (request: IncomingMessage, response: ServerResponse) => void) {
    this.#server = createServer(
      {
        maxHeaderSize: HEADER_BYTES,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        // How late a slow sender may be noticed.
        connectionsCheckingInterval: 1_000,
        requireHostHeader: true,
      },
      handle,
    )
    this.#server.maxConnections = CONNECTIONS
    this.#server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION
    this.#server.on('clientError', answerBrokenRequest)
  }

  /**
   * @returns the address it answers at, without a trailing slash
   * @throws ServerError `LISTEN_FAILED`, such as when the port is taken
   */
  async listen(host: string, port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject)
        resolve()
      })
    }).catch((error: unknown) => {
      throw new ServerError('LISTEN_FAILED', `Cannot listen on ${host}:${port}: ${reasonOf(error)}.`, {
        hint: 'Stop what uses the port, or choose another one with --port or server.port.',
        cause: error,
      })
    })
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The server listens on no port.')
    return `http://${nameOf(address)}:${address.port}`
  }

  /** Takes no new connections, waits for open requests up to `graceMs`, then ends what is left. Once is enough. */
  close(graceMs: number): Promise<void> {
    this.#closed ??= this.#close(graceMs)
    return this.#closed
  }

  async #close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs)
    await closed
    clearTimeout(timer)
  }
}

/** What is no HTTP never reaches the application: answered here, in the same shape. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status = STATUS_BY_PARSER_CODE[error.code ?? ''] ?? 400
  const body = JSON.stringify({
    code: 'HTTP_REQUEST_INVALID',
    message: `${STATUS_CODES[status] ?? 'Bad Request'}.`,
  })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

const STATUS_BY_PARSER_CODE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** As people reach it from this machine. */
function nameOf({ address, family }: AddressInfo): string {
  if (address === '127.0.0.1' || address === '::1' || address === '0.0.0.0' || address === '::')
    return 'localhost'
  return family === 'IPv6' ? `[${address}]` : address
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return 'the port is taken'
  if (code === 'EACCES') return 'it is not permitted'
  return error instanceof Error ? error.message : String(error)
}
