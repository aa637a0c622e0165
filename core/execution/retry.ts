import type { RetryPolicy } from '../flow/index.ts'

/**
 * How long to wait before the next attempt; undefined if there is to be none.
 *
 * @param failures - attempts that failed so far, this one included
 * @param elapsedMs - since the first attempt started
 * @param random - 0 to 1, for a random policy
 */
export function retryDelayMs(
  policy: RetryPolicy,
  failures: number,
  elapsedMs: number,
  random: number,
): number | undefined {
  if (policy.maxAttempts !== undefined && failures >= policy.maxAttempts) return undefined
  const delayMs = delayOf(policy, failures, random)
  if (policy.maxDurationMs !== undefined && elapsedMs + delayMs > policy.maxDurationMs) return undefined
  return delayMs
}

function delayOf(policy: RetryPolicy, failures: number, random: number): number {
  switch (policy.type) {
    case 'constant':
      return policy.intervalMs
    case 'exponential':
      return Math.min(policy.maxIntervalMs, policy.intervalMs * policy.delayFactor ** (failures - 1))
    case 'random':
      return policy.minIntervalMs + random * (policy.maxIntervalMs - policy.minIntervalMs)
    default:
      return policy satisfies never
  }
}
