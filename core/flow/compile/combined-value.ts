import type { JsonValue } from '@pinion/plugin-sdk/manifest'
import type { CompiledValue, Scope } from '../../expression/index.ts'

/** A value that is not rendered, whatever its texts hold. */
export function literal(value: JsonValue): CompiledValue {
  return { written: value, isLiteral: true, render: () => value }
}

/** A list whose entries were compiled one by one. */
export function combineList(parts: readonly CompiledValue[]): CompiledValue {
  const written = parts.map((part) => part.written)
  const isLiteral = parts.every((part) => part.isLiteral)
  return { written, isLiteral, render: (scope) => (isLiteral ? written : renderAll(parts, scope)) }
}

/** An object whose members were compiled one by one; their names are not rendered. */
export function combineObject(members: readonly (readonly [string, CompiledValue])[]): CompiledValue {
  const names = members.map(([name]) => name)
  const parts = members.map(([, part]) => part)
  const written = zip(
    names,
    parts.map((part) => part.written),
  )
  const isLiteral = parts.every((part) => part.isLiteral)
  const render = (scope: Scope): unknown => {
    const rendered = renderAll(parts, scope)
    return rendered instanceof Promise ? rendered.then((values) => zip(names, values)) : zip(names, rendered)
  }
  return { written, isLiteral, render: (scope) => (isLiteral ? written : render(scope)) }
}

/** At once if no part has to wait. */
function renderAll(
  parts: readonly CompiledValue[],
  scope: Scope,
): readonly unknown[] | Promise<readonly unknown[]> {
  const rendered: unknown[] = []
  try {
    for (const part of parts) rendered.push(part.render(scope))
  } catch (error) {
    // What already waits may fail later, with nobody left to hear it.
    for (const value of rendered) if (value instanceof Promise) value.catch(() => {})
    throw error
  }
  return rendered.some((value) => value instanceof Promise) ? Promise.all(rendered) : rendered
}

function zip(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name, index) => [name, values[index]]))
}
