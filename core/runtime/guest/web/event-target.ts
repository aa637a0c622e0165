import { DOMException } from './dom-exception.ts'
import { Event, stateOf } from './event.ts'

type Listener = ((event: Event) => unknown) | { handleEvent(event: Event): unknown }

interface ListenerOptions {
  readonly capture?: boolean
  readonly once?: boolean
  readonly passive?: boolean
  readonly signal?: { readonly aborted: boolean; addEventListener(type: string, listener: () => void): void }
}

interface Registration {
  readonly listener: Listener
  readonly capture: boolean
  readonly once: boolean
  readonly passive: boolean
  isRemoved: boolean
}

export type EventTargetClass = ReturnType<typeof createEventTarget>

/** https://dom.spec.whatwg.org/#interface-eventtarget. @param onError - what a listener threw */
export function createEventTarget(onError: (error: unknown) => void) {
  return class EventTarget {
    readonly #registrations = new Map<string, Registration[]>()

    addEventListener(type: string, listener: Listener | null, options: boolean | ListenerOptions = {}): void {
      if (listener === null || listener === undefined) return
      const { capture = false, once = false, passive = false, signal } = asOptions(options)
      if (signal?.aborted) return
      const ofType = this.#registrations.get(type) ?? []
      if (ofType.some((known) => known.listener === listener && known.capture === capture)) return
      this.#registrations.set(type, [...ofType, { listener, capture, once, passive, isRemoved: false }])
      signal?.addEventListener('abort', () => this.removeEventListener(type, listener, options))
    }

    removeEventListener(
      type: string,
      listener: Listener | null,
      options: boolean | ListenerOptions = {},
    ): void {
      const { capture = false } = asOptions(options)
      const ofType = this.#registrations.get(type) ?? []
      for (const known of ofType) {
        if (known.listener === listener && known.capture === capture) known.isRemoved = true
      }
      const left = ofType.filter((known) => !known.isRemoved)
      if (left.length === 0) this.#registrations.delete(type)
      else this.#registrations.set(type, left)
    }

    dispatchEvent(event: Event): boolean {
      if (!(event instanceof Event)) throw new TypeError('dispatchEvent needs an Event.')
      const state = stateOf(event)
      if (state.isDispatching) throw new DOMException('The event is being dispatched.', 'InvalidStateError')
      state.target = this
      state.isDispatching = true
      try {
        for (const registration of this.#registrations.get(event.type) ?? []) {
          if (state.isStopped) break
          if (registration.isRemoved) continue
          if (registration.once) {
            this.removeEventListener(event.type, registration.listener, registration.capture)
          }
          state.isPassive = registration.passive
          try {
            const { listener } = registration
            if (typeof listener === 'function') Reflect.apply(listener, this, [event])
            else listener.handleEvent(event)
          } catch (error) {
            onError(error)
          }
        }
      } finally {
        state.isDispatching = false
        state.isPassive = false
        state.isStopped = false
      }
      return !state.isCancelled
    }
  }
}

function asOptions(options: boolean | ListenerOptions): ListenerOptions {
  return typeof options === 'boolean' ? { capture: options } : (options ?? {})
}
