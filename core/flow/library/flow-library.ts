import { PinionError } from '../../errors/index.ts'
import type { Principal } from '../../identity/index.ts'
import type { NamespaceService, PluginDefault } from '../../namespace/index.ts'
import type { CatalogSnapshot } from '../../plugin/index.ts'
import {
  type CompileResult,
  compileParsedFlow,
  type FlowIdentity,
  type ParsedFlow,
  parseFlow,
} from '../compile/compile-flow.ts'
import { FlowError } from '../errors.ts'
import type { CompiledFlow, FlowProblem } from '../model.ts'
import type { FlowRepository, FlowRevisionRecord } from '../repository.ts'
import { PreparedFlows } from './prepared-flows.ts'
import { type FlowImpact, findImpact, type ImpactOptions } from './version-impact.ts'

export interface FlowLibraryOptions {
  readonly flows: FlowRepository
  readonly namespaces: NamespaceService
  /** The current snapshot is asked for anew by each call. */
  readonly catalog: { readonly current: CatalogSnapshot }
  /** `plugins.defaults`. */
  readonly instanceDefaults: readonly PluginDefault[]
  /** `plugins.management.defaultVersion`. */
  readonly instanceVersion: string
  /** Unix epoch in milliseconds. */
  readonly nowMs?: () => number
}

/** A flow as it stands after a call that saved it. */
export interface SavedFlow {
  readonly record: FlowRevisionRecord
  readonly flow: CompiledFlow
  /** Warnings only. */
  readonly problems: readonly FlowProblem[]
  /** False if the source was the one already saved. */
  readonly isNewRevision: boolean
}

/** Told after a flow was stored or deleted. */
export type FlowListener = (change: FlowRevisionRecord) => void

/**
 * The flows of all tenants: saving them checked and locked, and giving them ready to run. A revision is compiled again
 * when the catalog or a namespace changes: that is how a flow that follows LATEST takes a new version at its next
 * execution, and how one whose version went away is refused by name and line.
 */
export class FlowLibrary {
  readonly #options: FlowLibraryOptions
  readonly #prepared = new PreparedFlows<CompileResult>(({ flow }) => flow?.source.length ?? 0)
  /** Which revision of a flow is the latest. */
  readonly #latest = new PreparedFlows<number | undefined>(() => 0)
  readonly #listeners = new Set<FlowListener>()
  #savedGeneration = 0

  constructor(options: FlowLibraryOptions) {
    this.#options = options
  }

  /**
   * Compiles without saving.
   *
   * @param identity - the saved flow that the source must be of
   */
  async validate(tenant: string, source: string, identity?: FlowIdentity): Promise<CompileResult> {
    const parsed = parseFlow(source)
    return this.#compile(tenant, parsed, identity === undefined ? {} : { identity })
  }

  /** @throws FlowError `FLOW_INVALID` with all problems, `FLOW_EXISTS` */
  async create(asker: Principal, source: string): Promise<SavedFlow> {
    const parsed = parseFlow(source)
    const result = await this.#compile(asker.tenant, parsed)
    const flow = validFlow(result)
    const latest = await this.#options.flows.find(asker.tenant, flow.namespace, flow.flowId)
    if (latest !== undefined) throw alreadyThere(flow)
    return this.#add(asker, flow, result.problems, await this.#lastRevision(asker.tenant, flow), () =>
      alreadyThere(flow),
    )
  }

  /**
   * Saves a new revision, unless the source is the one already saved.
   *
   * @throws FlowError `FLOW_NOT_FOUND`, `FLOW_INVALID` with all problems, `FLOW_CONFLICT` if somebody else saved it
   *   meanwhile
   */
  async update(asker: Principal, identity: FlowIdentity, source: string): Promise<SavedFlow> {
    const latest = await this.get(asker.tenant, identity.namespace, identity.flowId)
    return this.#saveOver(asker, latest, source)
  }

  /** Creates the flow or updates it, whichever it takes; for deployments. @throws as `create` and `update` */
  async save(asker: Principal, source: string): Promise<SavedFlow> {
    const { namespace = '', flowId = '' } = parseFlow(source)
    const latest = await this.#options.flows.find(asker.tenant, namespace, flowId)
    return latest === undefined ? this.create(asker, source) : this.#saveOver(asker, latest, source)
  }

  /**
   * Makes an earlier revision the latest again, as a new one; a deleted flow comes back.
   *
   * @throws FlowError `FLOW_NOT_FOUND`, `FLOW_INVALID` if it does not compile any more, `FLOW_CONFLICT`
   */
  async restore(asker: Principal, identity: FlowIdentity, revision: number): Promise<SavedFlow> {
    const { namespace, flowId } = identity
    const { source } = await this.get(asker.tenant, namespace, flowId, revision)
    const latest = await this.#options.flows.find(asker.tenant, namespace, flowId)
    return latest === undefined ? this.create(asker, source) : this.#saveOver(asker, latest, source)
  }

  /** Its revisions stay readable. @throws FlowError `FLOW_NOT_FOUND`, `FLOW_CONFLICT` */
  async delete(asker: Principal, identity: FlowIdentity): Promise<void> {
    const latest = await this.get(asker.tenant, identity.namespace, identity.flowId)
    await this.#store(
      { ...latest, ...this.#stamp(asker), revision: latest.revision + 1, deleted: true },
      () => conflict(latest),
    )
  }

  /** The latest revision, or a given one. @throws FlowError `FLOW_NOT_FOUND` */
  async get(
    tenant: string,
    namespace: string,
    flowId: string,
    revision?: number,
  ): Promise<FlowRevisionRecord> {
    const found = await this.#options.flows.find(tenant, namespace, flowId, revision)
    if (found === undefined) throw notFound(namespace, flowId, revision)
    return found
  }

  /**
   * The revision that an execution runs: compiled against what is installed now. A map look-up unless something
   * changed since.
   *
   * @param versions - `resolve`: what the source asks for means what it means now. `locked`: the exact versions of the
   *   time when the revision was saved.
   * @throws FlowError `FLOW_NOT_FOUND`; `FLOW_INVALID` with every problem, such as a version that went away
   */
  async prepare(
    tenant: string,
    namespace: string,
    flowId: string,
    revision?: number,
    versions: 'resolve' | 'locked' = 'resolve',
  ): Promise<CompiledFlow> {
    const { flows, catalog, namespaces } = this.#options
    const wanted =
      revision ??
      (await this.#latest.get(
        JSON.stringify([tenant, namespace, flowId]),
        `${this.#savedGeneration}`,
        async () => (await flows.find(tenant, namespace, flowId))?.revision,
      ))
    if (wanted === undefined) throw notFound(namespace, flowId, revision)
    // Taken before anything is read: what changes meanwhile makes the next call compile again.
    const stamp = `${catalog.current.generation}/${namespaces.generation}`
    const key = JSON.stringify([tenant, namespace, flowId, wanted, versions])
    const result = await this.#prepared.get(key, stamp, async () => {
      const record = await flows.find(tenant, namespace, flowId, wanted)
      // Thrown, not returned: what is not there yet must not be remembered.
      if (record === undefined || record.deleted) throw notFound(namespace, flowId, wanted)
      const lock = versions === 'locked' ? { lock: record.lock } : {}
      return this.#compile(tenant, parseFlow(record.source), { revision: wanted, ...lock })
    })
    return validFlow(result, `${namespace}.${flowId}`)
  }

  /** Latest revisions, of all tenants, that are locked to a package, or to one version of it: whom a removal would hit. */
  usersOf(packageName: string, version?: string): Promise<readonly FlowRevisionRecord[]> {
    return this.#options.flows.listUsers(packageName, version)
  }

  /**
   * Which saved flows use a package otherwise than when they were saved: those that move to another version of it, and
   * those that break. Compiles every flow that uses the package.
   *
   * @param options - `version`: only moves from or to this one, and what breaks. `catalog`: as things would be, such as
   *   with one version less; the current catalog without it.
   */
  impactOf(packageName: string, options: ImpactOptions = {}): Promise<readonly FlowImpact[]> {
    const catalog = options.catalog ?? this.#options.catalog.current
    return findImpact(this.#options.flows, packageName, options, (record) =>
      this.#compile(record.tenant, parseFlow(record.source), { revision: record.revision, catalog }),
    )
  }

  /**
   * The flows that cannot run without a version: those that pin it, and those for whose range or tag nothing else is
   * installed. A flow that would go on with another version is not among them.
   */
  async requiring(packageName: string, version: string): Promise<readonly FlowRevisionRecord[]> {
    const catalog = this.#options.catalog.current.without(packageName, version)
    const needing: FlowRevisionRecord[] = []
    for (const record of await this.usersOf(packageName, version)) {
      const parsed = parseFlow(record.source)
      const { flow } = await this.#compile(record.tenant, parsed, { revision: record.revision, catalog })
      if (flow === undefined) needing.push(record)
    }
    return needing
  }

  /** Forgets which revisions are the latest: another server saved a flow. */
  invalidate(): void {
    this.#savedGeneration += 1
  }

  /** @returns ends the subscription. */
  onChange(listener: FlowListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async #saveOver(asker: Principal, latest: FlowRevisionRecord, source: string): Promise<SavedFlow> {
    const { namespace, flowId, revision } = latest
    const parsed = parseFlow(source)
    const isSame = source === latest.source
    const result = await this.#compile(asker.tenant, parsed, {
      identity: { namespace, flowId },
      revision: isSame ? revision : revision + 1,
    })
    const flow = validFlow(result, `${namespace}.${flowId}`)
    if (isSame) return { record: latest, flow, problems: result.problems, isNewRevision: false }
    return this.#add(asker, flow, result.problems, revision, () => conflict(latest))
  }

  async #add(
    asker: Principal,
    flow: CompiledFlow,
    problems: readonly FlowProblem[],
    lastRevision: number,
    whenTaken: () => FlowError,
  ): Promise<SavedFlow> {
    const record: FlowRevisionRecord = {
      tenant: asker.tenant,
      namespace: flow.namespace,
      flowId: flow.flowId,
      revision: lastRevision + 1,
      source: flow.source,
      lock: flow.lock,
      ...this.#stamp(asker),
      deleted: false,
    }
    await this.#store(record, whenTaken)
    return { record, flow: { ...flow, revision: record.revision }, problems, isNewRevision: true }
  }

  async #store(record: FlowRevisionRecord, whenTaken: () => FlowError): Promise<void> {
    try {
      await this.#options.flows.addRevision(record)
    } catch (error) {
      if (error instanceof PinionError && error.code === 'STORE_CONFLICT') throw whenTaken()
      throw error
    } finally {
      // After a failure too: the write may have happened, and somebody else's certainly may.
      this.invalidate()
    }
    for (const listener of this.#listeners) listener(record)
  }

  async #compile(
    tenant: string,
    parsed: ParsedFlow,
    options: {
      readonly identity?: FlowIdentity
      readonly revision?: number
      readonly lock?: FlowRevisionRecord['lock']
      readonly catalog?: CatalogSnapshot
    } = {},
  ): Promise<CompileResult> {
    const { namespaces, catalog, instanceDefaults, instanceVersion } = this.#options
    const inherited =
      parsed.namespace === undefined ? undefined : await namespaces.load(tenant, parsed.namespace)
    return compileParsedFlow(parsed, {
      catalog: catalog.current,
      ...options,
      tenant,
      defaults: { instance: instanceDefaults, namespaces: inherited?.pluginDefaults ?? [] },
      instanceVersion,
    })
  }

  /** 0 if there never was such a flow: one that was deleted goes on counting. */
  async #lastRevision(tenant: string, { namespace, flowId }: FlowIdentity): Promise<number> {
    const revisions = await this.#options.flows.listRevisions(tenant, namespace, flowId)
    return Math.max(0, ...revisions.map(({ revision }) => revision))
  }

  #stamp(asker: Principal): Pick<FlowRevisionRecord, 'createdAtMs' | 'createdBy'> {
    return { createdAtMs: (this.#options.nowMs ?? Date.now)(), createdBy: asker.username }
  }
}

function validFlow({ flow, problems }: CompileResult, name?: string): CompiledFlow {
  if (flow !== undefined) return flow
  const errors = problems.filter(({ severity }) => severity === 'error')
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  throw new FlowError(
    'FLOW_INVALID',
    `The flow${name === undefined ? '' : ` ${name}`} is not valid: line ${first?.line}: ${first?.message}${more}`,
    {
      problems,
      ...(first?.hint === undefined ? {} : { hint: first.hint }),
      ...(first === undefined ? {} : { at: { line: first.line, column: first.column, path: first.path } }),
    },
  )
}

function alreadyThere({ namespace, flowId }: FlowIdentity): FlowError {
  return new FlowError('FLOW_EXISTS', `There is already a flow ${namespace}.${flowId}.`, {
    hint: 'Update it, or choose another id.',
  })
}

function conflict({ namespace, flowId, revision }: FlowRevisionRecord): FlowError {
  return new FlowError(
    'FLOW_CONFLICT',
    `Somebody else changed ${namespace}.${flowId} after revision ${revision}.`,
    {
      hint: 'Read the latest revision and save again.',
    },
  )
}

function notFound(namespace: string, flowId: string, revision: number | undefined): FlowError {
  const which = revision === undefined ? 'flow' : `revision ${revision} of a flow`
  return new FlowError('FLOW_NOT_FOUND', `There is no ${which} ${namespace}.${flowId}.`, {
    hint: 'Check namespace and id.',
  })
}
