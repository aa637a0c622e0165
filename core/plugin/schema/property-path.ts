import type { JsonValue } from '@pinion/plugin-sdk/manifest'
import { isJsonObject } from '../manifest/index.ts'

const PLAIN_NAME = /^[A-Za-z_$][\w$-]*$/

/** A JSON pointer into a value as a property path: `/headers/0/a b` becomes `headers[0]["a b"]`. */
export function formatPointer(pointer: string, root: JsonValue): string {
  let path = ''
  let here: JsonValue | undefined = root
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(here)) {
      path += `[${name}]`
      here = here[Number(name)]
    } else {
      path = appendName(path, name)
      here = isJsonObject(here) ? here[name] : undefined
    }
  }
  return path
}

export function appendName(path: string, name: string): string {
  if (!PLAIN_NAME.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? name : `${path}.${name}`
}
