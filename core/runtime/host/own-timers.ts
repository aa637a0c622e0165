import type { Realm } from './realm.ts'

const MAX_OWN_TIMERS = 100

interface Postponed {
  readonly realm: Realm
  readonly timer: number
}

/** Timers that a bundle sets while it is evaluated, such as a library that cleans its cache. They belong to no attempt. */
export class OwnTimers {
  readonly #handles = new Map<number, NodeJS.Timeout>()
  #postponed: Postponed[] = []

  /** @returns false if there are too many. */
  set(timer: number, delayMs: number, repeats: boolean, fire: () => void): boolean {
    if (this.#handles.size >= MAX_OWN_TIMERS) return false
    const handle = repeats
      ? setInterval(fire, Math.max(1, delayMs))
      : setTimeout(() => {
          this.#handles.delete(timer)
          fire()
        }, delayMs)
    this.#handles.set(timer, handle)
    return true
  }

  delete(timer: number): void {
    clearTimeout(this.#handles.get(timer))
    this.#handles.delete(timer)
  }

  /** Nobody runs who could pay for it: kept until somebody does, once for each timer. */
  postpone(realm: Realm, timer: number): void {
    if (!this.#postponed.some((known) => known.timer === timer)) this.#postponed.push({ realm, timer })
  }

  takePostponed(): readonly Postponed[] {
    return this.#postponed.length === 0 ? this.#postponed : this.#postponed.splice(0)
  }

  clear(): void {
    for (const handle of this.#handles.values()) clearTimeout(handle)
    this.#handles.clear()
    this.#postponed = []
  }
}
