import { MAX_SUGGESTION_CANDIDATES, MAX_SUGGESTION_LENGTH } from '../limits.ts'

/**
 * The name that somebody probably meant, or undefined if none is near: at most a third of the letters differ. Case
 * counts for nothing.
 */
export function findNearestName(written: string, names: Iterable<string>): string | undefined {
  if (written.length > MAX_SUGGESTION_LENGTH) return undefined
  const wanted = written.toLowerCase()
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(written.length / 3)) + 1
  let compared = 0
  for (const name of names) {
    if (++compared > MAX_SUGGESTION_CANDIDATES) break
    if (Math.abs(name.length - written.length) >= least) continue
    const distance = editDistance(wanted, name.toLowerCase())
    if (distance < least) {
      least = distance
      nearest = name
    }
  }
  return nearest
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const row = [i]
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        best = Math.min(best, beforeLast[j - 2]! + 1)
      }
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[right.length]!
}
