import { fork } from 'node:child_process'
import { once } from 'node:events'

export interface FloorProcess extends AsyncDisposable {
  readonly url: string
}

/** Starts a module of this folder that serves HTTP and sends its port to its parent, in a process of its own. */
export async function startFloorProcess(module: string, args: readonly string[]): Promise<FloorProcess> {
  const child = fork(new URL(module, import.meta.url), args)
  const exited = once(child, 'exit')
  const [message] = await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`${module} ended with ${code}.`))),
  ])
  return {
    url: `http://127.0.0.1:${message.port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await exited
    },
  }
}
