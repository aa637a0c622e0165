/**
 * The part of make-fetch-happen (npm's own HTTP engine, also below pacote) that this room uses. The published types pull
 * the DOM's globals into the whole program.
 */
declare module 'make-fetch-happen' {
  export interface FetchResponse {
    readonly status: number
    readonly headers: { get(name: string): string | null }
    /** A Minipass stream: old in style, and without Node's iterator. */
    readonly body: NodeJS.ReadableStream & { destroy(): void }
  }

  interface FetchOptions {
    readonly headers: Readonly<Record<string, string>>
    readonly redirect: 'manual'
    readonly signal: AbortSignal
    readonly retry: { readonly retries: number; readonly minTimeout: number; readonly maxTimeout: number }
    /** `no-cache` asks the server whether the stored answer is still right, each time. */
    readonly cache: 'no-cache' | 'no-store'
    readonly cachePath?: string
    readonly maxSockets?: number
  }

  function fetch(url: string, options: FetchOptions): Promise<FetchResponse>
  export default fetch
}
