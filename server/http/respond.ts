import type { Context } from 'koa'
import type { Answer } from './answer.ts'
import type { EventStreams } from './event-stream.ts'

/** Puts an answer into the response. */
export function respond(ctx: Context, answer: Answer, streams: EventStreams): void {
  switch (answer.kind) {
    case 'json':
      ctx.status = answer.status
      ctx.set({ ...answer.headers })
      ctx.type = 'application/json; charset=utf-8'
      ctx.body = JSON.stringify(answer.body)
      return
    case 'text':
      ctx.status = answer.status
      ctx.type = answer.contentType
      ctx.body = answer.body
      return
    case 'stream':
      ctx.set({ ...answer.headers })
      ctx.type = answer.contentType
      ctx.body = answer.body
      return
    case 'events':
      ctx.set({ 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' })
      ctx.body = streams.open(answer.events)
      ctx.type = 'text/event-stream; charset=utf-8'
      return
    case 'empty':
      ctx.status = answer.status
      ctx.body = null
      ctx.status = answer.status
      return
    default:
      answer satisfies never
  }
}
