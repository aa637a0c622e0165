import { type ExecutionSeen, type OnServer, readExecution } from './executions.ts'

export interface LoopedExecution {
  readonly startedAtMs: number
  readonly tookMs: number
  readonly state: string
  /** Of the plugin that ran its first task. */
  readonly version: unknown
}

/** Starts executions of a flow one after the other, in several lanes, until it is stopped. */
export class ExecutionLoop {
  readonly #server: OnServer
  readonly #flow: string
  readonly #ended: LoopedExecution[] = []
  readonly #lanes: readonly Promise<void>[]
  #isStopped = false
  #news = Promise.withResolvers<void>()

  /** @param flow - `namespace/id` */
  constructor(server: OnServer, flow: string, lanes: number) {
    this.#server = server
    this.#flow = flow
    this.#lanes = Array.from({ length: lanes }, () => this.#run())
  }

  /** Waits until `count` executions have ended on a version. */
  async whenRan(version: string, count: number): Promise<void> {
    const hasRun = (): boolean => this.#ended.filter((each) => each.version === version).length >= count
    while (!hasRun()) await Promise.race([this.#news.promise, Promise.all(this.#lanes)])
  }

  /** @returns all that it ran, in the order of their ends */
  async stop(): Promise<readonly LoopedExecution[]> {
    this.#isStopped = true
    await Promise.all(this.#lanes)
    return this.#ended
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const startedAtMs = performance.now()
      const body = await this.#server.api.expect('POST', `/api/v1/main/executions/${this.#flow}?wait=true`)
      const { state, taskRuns }: ExecutionSeen = readExecution(body)
      this.#ended.push({
        startedAtMs,
        tookMs: performance.now() - startedAtMs,
        state,
        version: taskRuns[0]?.version,
      })
      this.#news.resolve()
      this.#news = Promise.withResolvers()
    }
  }
}
