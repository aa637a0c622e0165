const MAX_NAME_LENGTH = 64
const MAX_CANDIDATES = 500

/** The candidate that is most likely meant by a misspelt name, or undefined if none is near. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined
  // A third of the letters may be wrong: "taks" is "tasks", "foo" is not "for".
  let limit = Math.max(1, Math.floor(name.length / 3)) + 1
  let nearest: string | undefined
  let seen = 0
  for (const candidate of candidates) {
    seen += 1
    if (seen > MAX_CANDIDATES) break
    if (Math.abs(candidate.length - name.length) >= limit) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance >= limit) continue
    limit = distance
    nearest = candidate
    if (distance === 0) break
  }
  return nearest
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1]
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      )
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (row > 1 && column > 1 && isSwap) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[right.length] ?? 0
}
