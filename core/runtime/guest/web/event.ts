export interface EventOptions {
  readonly bubbles?: boolean
  readonly cancelable?: boolean
  readonly composed?: boolean
}

/** What a dispatch keeps about an event; out of the reach of its listeners. */
export interface EventState {
  target: unknown
  isDispatching: boolean
  isStopped: boolean
  isCancelled: boolean
  isPassive: boolean
}

const states = new WeakMap<Event, EventState>()

export function stateOf(event: Event): EventState {
  const state = states.get(event)
  if (state === undefined) throw new TypeError('Not an Event.')
  return state
}

/** https://dom.spec.whatwg.org/#interface-event, for targets without a tree. */
export class Event {
  static readonly NONE = 0
  static readonly CAPTURING_PHASE = 1
  static readonly AT_TARGET = 2
  static readonly BUBBLING_PHASE = 3
  readonly type: string
  readonly bubbles: boolean
  readonly cancelable: boolean
  readonly composed: boolean
  readonly timeStamp: number
  readonly isTrusted = false

  constructor(type: string, options: EventOptions = {}) {
    states.set(this, {
      target: null,
      isDispatching: false,
      isStopped: false,
      isCancelled: false,
      isPassive: false,
    })
    this.type = String(type)
    this.bubbles = Boolean(options.bubbles)
    this.cancelable = Boolean(options.cancelable)
    this.composed = Boolean(options.composed)
    this.timeStamp = performance.now()
  }

  get target(): unknown {
    return stateOf(this).target
  }

  get srcElement(): unknown {
    return stateOf(this).target
  }

  get currentTarget(): unknown {
    const state = stateOf(this)
    return state.isDispatching ? state.target : null
  }

  get eventPhase(): number {
    return stateOf(this).isDispatching ? Event.AT_TARGET : Event.NONE
  }

  get defaultPrevented(): boolean {
    return stateOf(this).isCancelled
  }

  get returnValue(): boolean {
    return !stateOf(this).isCancelled
  }

  composedPath(): unknown[] {
    const state = stateOf(this)
    return state.isDispatching ? [state.target] : []
  }

  preventDefault(): void {
    const state = stateOf(this)
    if (this.cancelable && !state.isPassive) state.isCancelled = true
  }

  stopPropagation(): void {}

  stopImmediatePropagation(): void {
    stateOf(this).isStopped = true
  }
}

export class CustomEvent extends Event {
  readonly detail: unknown

  constructor(type: string, options: EventOptions & { readonly detail?: unknown } = {}) {
    super(type, options)
    this.detail = options.detail ?? null
  }
}

export interface ErrorEventOptions extends EventOptions {
  readonly message?: string
  readonly filename?: string
  readonly lineno?: number
  readonly colno?: number
  readonly error?: unknown
}

export class ErrorEvent extends Event {
  readonly message: string
  readonly filename: string
  readonly lineno: number
  readonly colno: number
  readonly error: unknown

  constructor(type: string, options: ErrorEventOptions = {}) {
    super(type, options)
    this.message = options.message ?? ''
    this.filename = options.filename ?? ''
    this.lineno = options.lineno ?? 0
    this.colno = options.colno ?? 0
    this.error = options.error
  }
}

export class PromiseRejectionEvent extends Event {
  readonly promise: unknown
  readonly reason: unknown

  constructor(
    type: string,
    options: EventOptions & { readonly promise: unknown; readonly reason?: unknown },
  ) {
    super(type, options)
    this.promise = options.promise
    this.reason = options.reason
  }
}
