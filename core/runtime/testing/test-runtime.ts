import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PluginRuntimeOptions, RuntimeIncident } from '../options.ts'
import { createPluginRuntime } from '../plugin-runtime.ts'
import type { AttemptContext, AttemptLimits, AttemptResult, BundleRef, PluginRuntime } from '../runtime.ts'
import { TestServices } from './test-services.ts'

export interface RunOptions {
  readonly method?: 'run' | 'evaluate'
  readonly limits?: AttemptLimits
  readonly attemptId?: string
  readonly services?: TestServices
  readonly context?: Partial<AttemptContext>
}

/** A runtime in a folder of its own, which leaves neither files nor processes behind. */
export class TestRuntime implements AsyncDisposable {
  readonly incidents: RuntimeIncident[] = []
  readonly runtime: PluginRuntime
  readonly cacheDir: string
  readonly #ownsCache: boolean

  constructor(options: Partial<PluginRuntimeOptions> = {}) {
    this.#ownsCache = options.cacheDir === undefined
    this.cacheDir = options.cacheDir ?? mkdtempSync(join(tmpdir(), 'pinion-runtime-'))
    this.runtime = createPluginRuntime({
      ...options,
      cacheDir: this.cacheDir,
      onIncident: (incident) => this.incidents.push(incident),
    })
  }

  run(
    bundle: BundleRef,
    type: string,
    properties: unknown = {},
    options: RunOptions = {},
  ): Promise<AttemptResult> {
    const context: AttemptContext = {
      tenant: 'main',
      executionId: 'execution-1',
      namespace: 'company.team',
      flowId: 'flow',
      flowRevision: 3,
      taskId: 'task',
      taskRunId: 'taskrun-1',
      attempt: 0,
      configuration: {},
      ...options.context,
    }
    return this.runtime.run(
      {
        attemptId: options.attemptId ?? randomUUID(),
        bundle,
        type,
        method: options.method ?? 'run',
        propertiesJson: JSON.stringify(properties),
        contextJson: JSON.stringify(context),
        limits: options.limits ?? {},
      },
      options.services ?? new TestServices(),
    )
  }

  /** The outputs of a run that must go well. */
  async outputs(
    bundle: BundleRef,
    type: string,
    properties: unknown = {},
    options: RunOptions = {},
  ): Promise<unknown> {
    const result = await this.run(bundle, type, properties, options)
    if (result.status !== 'SUCCESS') throw new Error(`The run ended in ${JSON.stringify(result)}`)
    return JSON.parse(result.outputsJson)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runtime.close(0)
    if (this.#ownsCache) await rm(this.cacheDir, { recursive: true, force: true })
  }
}
