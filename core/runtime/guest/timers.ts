import type { HostFunction } from '../protocol/guest.ts'
import type { AttemptTable } from './attempt-table.ts'

type TimerCallback = (...args: unknown[]) => void

/** Timers of https://html.spec.whatwg.org/#timers. They belong to the attempt that set them and end with it. */
export function createTimers(host: HostFunction, table: AttemptTable, onError: (error: unknown) => void) {
  let lastTimer = 0

  const set = (
    callback: unknown,
    delay: unknown,
    args: readonly unknown[],
    repeats: boolean,
    owner = table.current,
  ): number => {
    if (typeof callback !== 'function') throw new TypeError('The callback of a timer must be a function.')
    const attempt = table.get(owner)
    if (attempt === undefined) return 0
    const timer = ++lastTimer
    const delayMs = typeof delay === 'number' && delay > 0 ? delay : 0
    if (!host('setTimer', attempt.attempt, timer, delayMs, repeats)) {
      throw new RangeError('This attempt has set too many timers.')
    }
    attempt.timers.set(timer, {
      callback: (...given) => Reflect.apply(callback, globalThis, given),
      args,
      repeats,
    })
    return timer
  }
  const clear = (timer: unknown): void => {
    if (typeof timer !== 'number') return
    if (table.get(table.current)?.timers.delete(timer)) host('clearTimer', table.current, timer)
  }
  const fire = (attempt: number, timers: readonly number[]): void => {
    for (const timer of timers) {
      const record = table.get(attempt)?.timers.get(timer)
      if (record === undefined) continue
      if (!record.repeats) table.get(attempt)?.timers.delete(timer)
      try {
        record.callback(...record.args)
      } catch (error) {
        onError(error)
      }
    }
  }
  return {
    fire,
    setFor: (attempt: number, delayMs: number, callback: () => void): void => {
      set(callback, delayMs, [], false, attempt)
    },
    globals: {
      setTimeout: (callback: TimerCallback, delay?: number, ...args: unknown[]) =>
        set(callback, delay, args, false),
      setInterval: (callback: TimerCallback, delay?: number, ...args: unknown[]) =>
        set(callback, delay, args, true),
      setImmediate: (callback: TimerCallback, ...args: unknown[]) => set(callback, 0, args, false),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
      queueMicrotask: (callback: () => void) => {
        if (typeof callback !== 'function') throw new TypeError('The callback must be a function.')
        Promise.resolve().then(() => {
          try {
            callback()
          } catch (error) {
            onError(error)
          }
        })
      },
    },
  }
}
