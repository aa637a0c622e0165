import { URLPattern } from 'urlpattern-polyfill/urlpattern'
import type { GuestRealm } from '../realm.ts'

/** https://urlpattern.spec.whatwg.org. Its regular expressions run here, where a slow one meets the timeout. */
export function installUrlPattern(_realm: GuestRealm) {
  return { URLPattern }
}

declare module '../realm.ts' {
  interface ChunkExports {
    readonly 'url-pattern': ReturnType<typeof installUrlPattern>
  }
}
