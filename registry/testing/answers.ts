import { createHash } from 'node:crypto'
import { objectOrEmpty } from '../json-value.ts'
import type { LiveRegistry } from './live-registry.ts'

/** The status, and what an npm client would print. */
export async function answer(response: Promise<Response>): Promise<{ status: number; error: string }> {
  const { status } = await response
  const body = objectOrEmpty(await (await response).json())
  return { status, error: String(body['error'] ?? '') }
}

export interface ReadPackument {
  readonly _rev: string
  readonly 'dist-tags': Record<string, string>
  readonly versions: Record<string, Record<string, unknown>>
}

/** As npm reads it before it sends it back changed. */
export async function readPackument(live: LiveRegistry, name: string): Promise<ReadPackument> {
  const text = await (await live.fetch(`${name}?write=true`, 'root')).text()
  return JSON.parse(text)
}

export function integrityOf(bytes: Buffer): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}
