import type {
  ExecutionChanges,
  ExecutionRecord,
  LogRecord,
  MetricRecord,
  TaskRunRecord,
} from '../../execution/index.ts'
import type { FlowRevisionRecord } from '../../flow/index.ts'
import { newId } from '../../id/index.ts'
import type { ApiToken, User } from '../../identity/index.ts'
import type { PluginVersionRecord } from '../../plugin/index.ts'

/** What databases have been known to mangle, reject or run. */
export const AWKWARD_TEXTS = [
  '',
  ' ',
  'trailing space ',
  `'; DROP TABLE executions; --`,
  `" OR ""="`,
  '`; SELECT 1 #',
  '\\',
  `\\'; -- \\`,
  '%_[a-z]*?',
  '? ?? :name $1 {x}',
  'line\nbreak\r\n\ttab',
  'nul\0inside',
  'ünïcödé',
  'İstanbul ß ſ K',
  '日本語 العربية',
  '😀👩‍👩‍👧‍👦🏳️‍🌈',
  '\u{10FFFF}\u{1F600}\uFFFD',
  'null',
  '{"a":"b"}',
]

let tenants = 0

/** A tenant that no other test uses: tests share one database. */
export function newTenant(): string {
  return `tenant-${++tenants}-${newId()}`
}

export function execution(tenant: string, over: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return {
    tenant,
    executionId: newId(),
    namespace: 'company.team',
    flowId: 'flow',
    flowRevision: 1,
    state: 'RUNNING',
    histories: [
      { state: 'CREATED', atMs: 1_700_000_000_000 },
      { state: 'RUNNING', atMs: 1_700_000_000_001 },
    ],
    labels: [],
    inputs: {},
    kind: 'NORMAL',
    isSettled: false,
    createdAtMs: 1_700_000_000_000,
    ...over,
  }
}

export function taskRun(
  of: ExecutionRecord,
  position: number,
  over: Partial<TaskRunRecord> = {},
): TaskRunRecord {
  return {
    tenant: of.tenant,
    taskRunId: newId(),
    executionId: of.executionId,
    namespace: of.namespace,
    flowId: of.flowId,
    taskId: `task-${position}`,
    position,
    state: 'CREATED',
    histories: [{ state: 'CREATED', atMs: 1_700_000_000_000 }],
    attempts: [],
    createdAtMs: 1_700_000_000_000,
    ...over,
  }
}

export function changes(parts: Partial<ExecutionChanges>): ExecutionChanges {
  return {
    insertedExecutions: [],
    updatedExecutions: [],
    insertedTaskRuns: [],
    updatedTaskRuns: [],
    ...parts,
  }
}

export function log(of: ExecutionRecord, over: Partial<LogRecord> = {}): LogRecord {
  return {
    tenant: of.tenant,
    executionId: of.executionId,
    namespace: of.namespace,
    flowId: of.flowId,
    level: 'INFO',
    message: 'a message',
    timestampMs: 1_700_000_000_000,
    ...over,
  }
}

export function metric(of: ExecutionRecord, over: Partial<MetricRecord> = {}): MetricRecord {
  return {
    tenant: of.tenant,
    executionId: of.executionId,
    namespace: of.namespace,
    flowId: of.flowId,
    taskId: 'task',
    taskRunId: 'run',
    name: 'rows',
    type: 'counter',
    value: 1,
    tags: {},
    timestampMs: 1_700_000_000_000,
    ...over,
  }
}

export function flow(tenant: string, over: Partial<FlowRevisionRecord> = {}): FlowRevisionRecord {
  return {
    tenant,
    namespace: 'company.team',
    flowId: 'flow',
    revision: 1,
    source: 'id: flow',
    lock: { lockVersion: 1, entries: {} },
    createdAtMs: 1_700_000_000_000,
    createdBy: 'ann',
    deleted: false,
    ...over,
  }
}

/** A lock of tasks by package and version, such as `{ 'acme-http': '1.0.0' }`. */
export function lockOf(versions: Readonly<Record<string, string>>): FlowRevisionRecord['lock'] {
  const entries = Object.entries(versions).map(([packageName, version], index) => [
    `tasks[${index}]`,
    {
      type: 'a.b.C',
      packageName,
      version,
      integrity: 'sha512-x',
      request: version,
      decidedBy: 'task',
    } as const,
  ])
  return { lockVersion: 1, entries: Object.fromEntries(entries) }
}

export function pluginVersion(
  packageName: string,
  over: Partial<PluginVersionRecord> = {},
): PluginVersionRecord {
  return {
    packageName,
    version: '1.0.0',
    integrity: 'sha512-x',
    state: 'STAGED',
    repository: 'embedded',
    manifest: {
      manifestVersion: 1,
      name: packageName,
      version: '1.0.0',
      runtime: 'isolate',
      requires: '^1.0.0',
      group: 'a.b',
      title: 'A plugin',
      description: 'Does it.',
      icon: '<svg/>',
      guides: [],
      permissions: {},
      bundle: { file: 'dist/bundle.js', sha512: 'sha512-x', sizeBytes: 1 },
      subgroups: [],
      types: [],
    },
    grantedPermissions: { storage: true },
    installedAtMs: 1_700_000_000_000,
    distTags: [],
    ...over,
  }
}

export function user(over: Partial<User> = {}): User {
  const userId = newId()
  return {
    userId,
    username: `user-${userId}`,
    passwordHash: 'scrypt$x',
    role: 'viewer',
    createdAtMs: 1_700_000_000_000,
    failedLogins: 0,
    ...over,
  }
}

export function token(userId: string, over: Partial<ApiToken> = {}): ApiToken {
  const tokenId = newId()
  return { tokenId, userId, name: 'ci', hash: `hash-${tokenId}`, createdAtMs: 1_700_000_000_000, ...over }
}
