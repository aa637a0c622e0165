import type { CompiledValue } from '../compiled.ts'
import { ExpressionError } from '../errors.ts'
import { MAX_VALUE_DEPTH } from '../limits.ts'
import type { Scope } from '../scope.ts'
import { isPlainObject } from '../value/kind.ts'
import { setOwn } from '../value/map.ts'
import { compileTemplate, isTemplate } from './template.ts'
import { after, collect, guarded } from './waiting.ts'

type Render = (scope: Scope) => unknown

/**
 * Compiles a JSON value whose texts, keys included, may hold expressions. Parts without any are handed over as they are.
 *
 * @param path - of the value within what is compiled, for errors
 * @throws ExpressionError for the first template at fault; `at.path` is the property it stands in
 */
export function compileValue(written: unknown, path = ''): CompiledValue {
  const render = compileNode(written, path, 0)
  return render === undefined
    ? { written, isLiteral: true, render: () => written }
    : { written, isLiteral: false, render }
}

/** Undefined for a node without expressions. */
function compileNode(node: unknown, path: string, depth: number): Render | undefined {
  if (depth > MAX_VALUE_DEPTH) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A value nests deeper than ${MAX_VALUE_DEPTH}.`)
  }
  if (typeof node === 'string') return compileText(node, path)
  if (Array.isArray(node)) return compileList(node, path, depth)
  return isPlainObject(node) ? compileMap(Object.entries(node), path, depth) : undefined
}

function compileText(text: string, path: string): Render | undefined {
  if (!isTemplate(text)) return undefined
  const name = (error: unknown): never => {
    throw error instanceof ExpressionError ? error.inProperty(path) : error
  }
  try {
    const template = compileTemplate(text)
    return (scope) => guarded(() => template.render(scope), name)
  } catch (error) {
    return name(error)
  }
}

function compileList(list: readonly unknown[], path: string, depth: number): Render | undefined {
  const renders = list.map((item, index) => compileNode(item, `${path}[${index}]`, depth + 1))
  if (renders.every((render) => render === undefined)) return undefined
  return (scope) => collect(list.length, (index) => renderOr(renders[index], list[index], scope))
}

function compileMap(
  entries: readonly (readonly [string, unknown])[],
  path: string,
  depth: number,
): Render | undefined {
  const parts = entries.map(([key, value]) => {
    const property = propertyPath(path, key)
    return {
      key,
      value,
      renderKey: compileText(key, property),
      renderValue: compileNode(value, property, depth + 1),
    }
  })
  if (parts.every((part) => part.renderKey === undefined && part.renderValue === undefined)) return undefined
  return (scope) =>
    after(
      collect(parts.length, (index) => {
        const part = parts[index]
        if (part === undefined) return undefined
        return after(renderOr(part.renderKey, part.key, scope), (key) =>
          after(renderOr(part.renderValue, part.value, scope), (value) => ({ key, value })),
        )
      }),
      (rendered) => {
        const map: Record<string, unknown> = {}
        for (const part of rendered) if (part !== undefined) setOwn(map, String(part.key), part.value)
        return map
      },
    )
}

function renderOr(render: Render | undefined, value: unknown, scope: Scope): unknown {
  return render === undefined ? value : render(scope)
}

function propertyPath(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}
