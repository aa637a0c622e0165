import { RuntimeError } from '../errors.ts'
import type { HostBundle } from '../protocol/messages.ts'
import type { HostProcess } from './host-process.ts'
import type { Death, Verdict } from './verdict.ts'

interface Pending {
  readonly host: HostProcess
  readonly bundle: HostBundle
  resolve(): void
  reject(error: RuntimeError): void
}

/** Questions to hosts that are answered once: load this, unload that. */
export class HostRequests {
  readonly #pending = new Map<number, Pending>()
  #last = 0

  /** @throws RuntimeError with the host's fault, or `RUNTIME_HOST_UNAVAILABLE` if it dies by another's */
  send(host: HostProcess, bundle: HostBundle, t: 'load' | 'unload'): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = ++this.#last
      this.#pending.set(request, { host, bundle, resolve, reject })
      if (host.state === 'DEAD')
        this.fail(request, new RuntimeError('RUNTIME_HOST_UNAVAILABLE', 'The plugin host has died.'))
      else host.send({ t, request, bundle: bundle.bundle })
    })
  }

  succeed(request: number): void {
    this.#pending.get(request)?.resolve()
    this.#pending.delete(request)
  }

  fail(request: number, error: RuntimeError): void {
    this.#pending.get(request)?.reject(error)
    this.#pending.delete(request)
  }

  failAll(host: HostProcess, death: Death, { guilty }: Verdict): void {
    const message = `The plugin host died (${death.cause}, ${death.exit}) meanwhile.`
    for (const [number, request] of this.#pending) {
      if (request.host !== host) continue
      const isGuilty = guilty !== undefined && guilty.bundle.bundle === request.bundle.bundle
      this.fail(number, new RuntimeError(isGuilty ? guilty.code : 'RUNTIME_HOST_UNAVAILABLE', message))
    }
  }
}
