// Evaluation is synchronous until a promise shows up; these carry on behind it. Children are evaluated one after the
// other even then: order is part of what a template means (`set`, output, the bound on service calls).

/** Applies `next` now, or once the promise is settled. */
export function after<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Runs `step` for 0 to `count` - 1, in order. */
export function inOrder(
  count: number,
  step: (index: number) => void | Promise<void>,
  from = 0,
): void | Promise<void> {
  for (let index = from; index < count; index++) {
    const pending = step(index)
    if (pending instanceof Promise) return pending.then(() => inOrder(count, step, index + 1))
  }
}

/** All results of `step` for 0 to `count` - 1, in order. */
export function collect<T>(
  count: number,
  step: (index: number) => T | Promise<T>,
): readonly T[] | Promise<readonly T[]> {
  const results: T[] = []
  const done = inOrder(count, (index) => {
    const value = step(index)
    if (!(value instanceof Promise)) {
      results.push(value)
      return
    }
    return value.then((settled) => {
      results.push(settled)
    })
  })
  return done instanceof Promise ? done.then(() => results) : results
}

/** Like try and catch around something that may wait. */
export function guarded<T>(attempt: () => T | Promise<T>, onError: (error: unknown) => T): T | Promise<T> {
  try {
    const value = attempt()
    return value instanceof Promise ? value.catch(onError) : value
  } catch (error) {
    return onError(error)
  }
}
