import type { RequestListener } from 'node:http'
import { RETRY_AFTER_S } from '../limits.ts'

/** Answers while the server comes up: health checks see it DOWN, everybody else is asked to come back. */
export const answerStarting: RequestListener = (request, response) => {
  const isHealth = request.url?.split('?', 1)[0] === '/health'
  const body = isHealth
    ? { status: 'DOWN' }
    : { code: 'HTTP_STARTING', message: 'The server is starting.', hint: 'Try again in a moment.' }
  response.writeHead(503, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'Retry-After': String(RETRY_AFTER_S),
    Connection: 'close',
  })
  response.end(JSON.stringify(body))
}
