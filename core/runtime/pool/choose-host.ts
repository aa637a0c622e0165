import { MAX_RUNNING_PER_HOST } from '../limits.ts'

/** What the choice looks at. */
export interface Candidate {
  /** Ready, not retiring, and not in a long slice. */
  readonly isOpen: boolean
  /** Given and not begun. */
  readonly unstarted: number
  /** Begun, and waiting for something. */
  readonly running: number
  readonly maxUnstarted: number
  readonly hasLoaded: boolean
  /** Beyond the share of its memory bound at which it should not grow. */
  readonly isSwollen: boolean
}

/** Loading a version costs about as much as this many short attempts wait. */
const LOAD_COST = 8
/** An attempt that waits costs little, but not nothing. */
const RUNNING_COST = 0.05
const SWOLLEN_COST = 1_000

/**
 * Picks the host for an attempt: one that has the version loaded, unless it is so much busier than another that loading
 * the version there as well pays. Pure.
 *
 * @returns undefined if all are full; then the attempt waits in the parent
 */
export function chooseHost<Host extends Candidate>(hosts: readonly Host[]): Host | undefined {
  let best: Host | undefined
  let bestCost = Number.POSITIVE_INFINITY
  for (const host of hosts) {
    if (!host.isOpen || host.unstarted >= host.maxUnstarted || host.running >= MAX_RUNNING_PER_HOST) continue
    const cost =
      host.unstarted +
      host.running * RUNNING_COST +
      (host.hasLoaded ? 0 : LOAD_COST) +
      (host.isSwollen ? SWOLLEN_COST : 0)
    if (cost < bestCost) {
      best = host
      bestCost = cost
    }
  }
  return best
}
