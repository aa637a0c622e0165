/**
 * Takes what evades V8's heap limit out of the global scope: SharedArrayBuffer, resizable buffers, WebAssembly memory
 * (measured: 2 to 4 GB in an isolate limited to 64 MB). This lowers the odds; the memory watchdog is the wall.
 */
export function harden(allowsWasm: boolean): void {
  if (!allowsWasm) Reflect.deleteProperty(globalThis, 'WebAssembly')
  Reflect.deleteProperty(globalThis, 'SharedArrayBuffer')
  Reflect.deleteProperty(Atomics, 'wait')
  Reflect.deleteProperty(Atomics, 'waitAsync')
  refuseResizableBuffers()
}

/** The constructor is replaced, and so is the way to it from an instance; the original stays in this closure. */
function refuseResizableBuffers(): void {
  const Native = ArrayBuffer
  const Guarded = function (this: unknown, length: unknown, options?: unknown): ArrayBuffer {
    if (new.target === undefined) throw new TypeError("Constructor ArrayBuffer requires 'new'")
    if (typeof options === 'object' && options !== null && 'maxByteLength' in options) {
      if (options.maxByteLength !== undefined) {
        throw new RangeError('Resizable ArrayBuffers are not available to plugins.')
      }
    }
    // `options` is not handed on: a getter could answer differently the second time.
    return Reflect.construct(Native, [length], new.target === Guarded ? Native : new.target)
  }
  Object.defineProperty(Guarded, 'name', { value: 'ArrayBuffer' })
  Object.defineProperty(Guarded, 'prototype', { value: Native.prototype, writable: false })
  Object.defineProperty(Guarded, 'isView', { value: Native.isView, configurable: true, writable: true })
  Object.defineProperty(Guarded, Symbol.species, {
    get(this: unknown) {
      return this
    },
    configurable: true,
  })
  Object.defineProperty(Native.prototype, 'constructor', {
    value: Guarded,
    configurable: true,
    writable: true,
  })
  Object.defineProperty(globalThis, 'ArrayBuffer', { value: Guarded, configurable: true, writable: true })
}
