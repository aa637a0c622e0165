export { isJsonObject, isJsonWithin } from './json.ts'
export { digestOf, matchBundle } from './match-bundle.ts'
export { invalidManifest, parseManifest } from './parse-manifest.ts'
export { LOCAL_REFERENCE, PLATFORM_KEYWORDS } from './schema-keywords.ts'
