import type { ServerResponse } from 'node:http'
import type { RefusalCode } from '../errors.ts'

/** Answers in npm's form: npm clients print `error` after the status. */
export function answerError(
  response: ServerResponse,
  status: number,
  code: RefusalCode,
  message: string,
  retryAfterSeconds?: number,
): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds)
  if (status === 401 && !response.hasHeader('www-authenticate'))
    response.setHeader('www-authenticate', 'Bearer')
  answerJson(response, status, { error: message, code })
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(JSON.stringify(body))
}
