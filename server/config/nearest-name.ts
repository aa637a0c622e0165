import { distance } from 'fastest-levenshtein'

/** The name most like a mistyped one, if one is like it at all: at most a third of its letters differ. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(written.length / 3)) + 1
  for (const name of names) {
    const found = distance(written.toLowerCase(), name.toLowerCase())
    if (found < bestDistance) {
      best = name
      bestDistance = found
    }
  }
  return best
}
