import type { GuestRealm } from '../realm.ts'
import { createAbort } from './abort.ts'
import { DOMException } from './dom-exception.ts'
import { CustomEvent, ErrorEvent, Event, PromiseRejectionEvent } from './event.ts'
import { createEventTarget } from './event-target.ts'

export function installEvents(realm: GuestRealm) {
  const EventTarget = createEventTarget(realm.reportUncaught)
  return {
    DOMException,
    Event,
    CustomEvent,
    ErrorEvent,
    PromiseRejectionEvent,
    EventTarget,
    ...createAbort(EventTarget),
  }
}

declare module '../realm.ts' {
  interface ChunkExports {
    readonly events: ReturnType<typeof installEvents>
  }
}
