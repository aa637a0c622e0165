/** The candidate that a person most likely meant, or undefined when none is near. Distance is Damerau-Levenshtein. */
export function nearestName(written: string, candidates: Iterable<string>): string | undefined {
  const wanted = written.toLowerCase().slice(0, MAX_COMPARED)
  const allowed = Math.max(1, Math.floor(wanted.length / 3))
  let nearest: string | undefined
  let best = allowed + 1
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase().slice(0, MAX_COMPARED)
    if (Math.abs(lower.length - wanted.length) >= best) continue
    const distance = editDistance(wanted, lower)
    if (distance < best) {
      best = distance
      nearest = candidate
    }
  }
  return nearest
}

/** `Did you mean "x"?` followed by what else there is, or undefined when nothing can be said. */
export function nameHint(written: string, candidates: readonly string[], kind: string): string | undefined {
  if (candidates.length === 0) return undefined
  const nearest = nearestName(written, candidates)
  const shown = candidates.slice(0, MAX_SHOWN).join(', ')
  const more = candidates.length > MAX_SHOWN ? `, and ${candidates.length - MAX_SHOWN} more` : ''
  const listing = `There ${candidates.length === 1 ? 'is' : 'are'} ${kind}: ${shown}${more}.`
  return nearest === undefined ? listing : `Did you mean "${nearest}"? ${listing}`
}

const MAX_COMPARED = 64
const MAX_SHOWN = 12

function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      }
      current.push(cost)
    }
    before = previous
    previous = current
  }
  return previous[b.length] ?? 0
}
