import type { ExecutionInfo, TaskStorage } from '../define/index.ts'

/** The internal storage of a test: files by URI. */
export class MemoryStorage implements TaskStorage {
  readonly files = new Map<string, Uint8Array>()
  readonly #folder: string
  #count = 0

  constructor(execution: ExecutionInfo, files: Readonly<Record<string, string | Uint8Array>>) {
    const { namespace, flowId, executionId, taskId } = execution
    this.#folder = `kestra:///${namespace.replaceAll('.', '/')}/${flowId}/executions/${executionId}/tasks/${taskId}`
    for (const [uri, content] of Object.entries(files)) this.files.set(uri, bytesOf(content))
  }

  async get(uri: string): Promise<ReadableStream<Uint8Array>> {
    const bytes = this.#find(uri)
    return new ReadableStream({
      start(controller) {
        if (bytes.byteLength > 0) controller.enqueue(bytes.slice())
        controller.close()
      },
    })
  }

  async text(uri: string): Promise<string> {
    return new TextDecoder().decode(this.#find(uri))
  }

  async bytes(uri: string): Promise<Uint8Array> {
    return this.#find(uri).slice()
  }

  async put(name: string, data: string | Uint8Array | ReadableStream<Uint8Array>): Promise<string> {
    if (name === '' || /[/\\]|^\.\.?$/.test(name)) throw new Error(`"${name}" is not the name of a file.`)
    const bytes = data instanceof ReadableStream ? await collect(data) : bytesOf(data)
    const uri = `${this.#folder}/${++this.#count}-${name}`
    this.files.set(uri, bytes)
    return uri
  }

  async size(uri: string): Promise<number> {
    return this.#find(uri).byteLength
  }

  async exists(uri: string): Promise<boolean> {
    return this.files.has(uri)
  }

  async delete(uri: string): Promise<void> {
    this.files.delete(uri)
  }

  #find(uri: string): Uint8Array {
    const bytes = this.files.get(uri)
    if (bytes === undefined) throw new Error(`There is no file ${uri}.`)
    return bytes
  }
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content.slice()
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader()
  const parts: Uint8Array[] = []
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value)
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.byteLength
  }
  return bytes
}
