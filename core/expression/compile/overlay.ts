import type { UnitNames } from './names.ts'
import type { ReadLocals } from './rendering.ts'

export function localsOf(names: UnitNames): ReadLocals {
  const visible = [...names.visible()]
  if (visible.length === 0) return (run) => run.overlay
  return (run) => {
    const locals = new Map(run.overlay)
    for (const [name, slot] of visible) {
      const value = run.frame[slot]
      if (value !== undefined) locals.set(name, value)
    }
    return locals
  }
}
