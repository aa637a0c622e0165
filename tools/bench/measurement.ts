/** One figure of a benchmark. Wall times are noisy on shared machines: what counts is the ratio to a floor of the same run. */
export interface Measurement {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The same thing without what is ours, measured in the same run and unit. */
  readonly floor?: number
  /** `value` over `floor`. */
  readonly ratio?: number
  /** What the project promises, as text. */
  readonly reach?: string
  /** Whether this run kept the promise. */
  readonly isReached?: boolean
}

/** Sorted-array percentile, `fraction` from 0 to 1. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const index = Math.min(sorted.length - 1, Math.ceil(fraction * sorted.length) - 1)
  return sorted[Math.max(0, index)] ?? Number.NaN
}
