export interface ServerEvent {
  /** When it came, as `performance.now()` counts. */
  readonly atMs: number
  readonly data: unknown
}

/** The server-sent events of an answer that carry data, as they come. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  if (!response.ok || response.body === null) throw new Error(`The events answered ${response.status}.`)
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body) {
    const atMs = performance.now()
    text += decoder.decode(chunk, { stream: true })
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const data = /^data: *(\S.*)$/m.exec(event)?.[1]
      if (data !== undefined) yield { atMs, data: JSON.parse(data) }
    }
  }
}
