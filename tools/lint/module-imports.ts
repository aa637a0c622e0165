import { parseSync } from 'oxc-parser'

/** One import of a module. `isType`: nothing of it is left when the program runs. */
export interface ModuleImport {
  readonly specifier: string
  readonly line: number
  readonly isType: boolean
}

/** Reads what a TypeScript module imports and re-exports, dynamic imports of a plain text included. */
export function readImports(
  file: string,
  source: string,
): readonly ModuleImport[] | { readonly fault: string } {
  const { module, errors } = parseSync(file, source)
  if (errors.length > 0) return { fault: `It does not parse: ${errors[0]?.message}` }
  const found: ModuleImport[] = []
  const add = (specifier: string, start: number, isType: boolean) =>
    found.push({ specifier, isType, line: source.slice(0, start).split('\n').length })

  for (const { moduleRequest, start, entries } of module.staticImports) {
    add(moduleRequest.value, start, entries.length > 0 && entries.every((entry) => entry.isType))
  }
  for (const { start, entries } of module.staticExports) {
    const from = entries.find((entry) => entry.moduleRequest)?.moduleRequest
    if (from)
      add(
        from.value,
        start,
        entries.every((entry) => entry.isType),
      )
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    const text = source.slice(moduleRequest.start, moduleRequest.end)
    const literal = /^(['"])(.*)\1$/.exec(text)?.[2]
    if (literal !== undefined) add(literal, start, false)
  }
  return found
}
