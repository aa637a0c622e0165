import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApiClient } from '../cli/api-client.ts'
import { type ServerProcess, startServerProcess } from '../demo/server-process.ts'

/** What a run tells, as far as benchmarks ask. */
export interface EndedExecution {
  readonly state: { readonly current: string }
  readonly taskRunList: readonly { readonly outputs: Readonly<Record<string, unknown>> }[]
}

/** A throwaway server in a process and a folder of its own; both are gone when it is disposed of. */
export class BenchServer implements AsyncDisposable {
  readonly process: ServerProcess
  readonly api: ApiClient
  /** For files of the benchmark, on the same disk as the server's. */
  readonly scratchDir: string

  private constructor(process: ServerProcess, scratchDir: string) {
    this.process = process
    this.scratchDir = scratchDir
    this.api = new ApiClient({ url: process.url, tenant: 'main', authorization: basic(process.admin) })
  }

  static async start(): Promise<BenchServer> {
    const scratchDir = await mkdtemp(join(tmpdir(), 'pinion-bench-'))
    try {
      return new BenchServer(await startServerProcess({ dataDir: join(scratchDir, 'data') }), scratchDir)
    } catch (error) {
      await rm(scratchDir, { recursive: true, force: true })
      throw error
    }
  }

  async saveFlow(source: string): Promise<void> {
    await this.api.call('tenant:flows', {
      method: 'POST',
      body: { type: 'application/x-yaml', data: source },
    })
  }

  /** Runs a flow to its end. @throws Error unless it succeeds */
  async run(namespace: string, flowId: string): Promise<EndedExecution> {
    const ended = await this.api.call<EndedExecution>(`tenant:executions/${namespace}/${flowId}`, {
      method: 'POST',
      query: { wait: true },
    })
    if (ended.state.current !== 'SUCCESS') throw new Error(`${flowId} ended in ${ended.state.current}.`)
    return ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop()
    await rm(this.scratchDir, { recursive: true, force: true })
  }
}

function basic(admin: string): string {
  return `Basic ${Buffer.from(admin).toString('base64')}`
}
