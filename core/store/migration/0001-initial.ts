import type { Knex } from 'knex'
import type { Migration } from './migration.ts'
import type { SchemaChange } from './schema-change.ts'

type Table = Knex.CreateTableBuilder

// Characters. Written out, because a released migration must not change with `limits.ts`. Together they keep each
// index below InnoDB's 3,072 bytes, at four bytes a character.
const ID = 64
const TENANT = 64
const NAME = 255
const TASK_ID = 256
const PACKAGE_NAME = 214
const VERSION = 256
const WORD = 16

/** Times are milliseconds since the Unix epoch, JSON is text, a state is its name, a truth is 0 or 1. */
export const initial: Migration = {
  name: '0001-initial',
  async up(schema) {
    await createExecutions(schema)
    await createRecords(schema)
    await createFlows(schema)
    await createPlugins(schema)
    await createIdentity(schema)
    await createValues(schema)
  },
}

async function createExecutions(schema: SchemaChange): Promise<void> {
  await schema.createTable('executions', (table) => {
    key(table, 'execution_id', ID).primary()
    flowColumns(table)
    table.integer('flow_revision').notNullable()
    key(table, 'state', WORD)
    key(table, 'kind', WORD)
    table.tinyint('is_settled').notNullable()
    document(table, 'histories').notNullable()
    document(table, 'labels').notNullable()
    document(table, 'inputs').notNullable()
    for (const name of ['outputs', 'variables', 'trigger_data', 'error']) document(table, name)
    for (const name of ['parent_id', 'original_id']) table.string(name, ID)
    time(table, 'created_at_ms').notNullable()
    time(table, 'started_at_ms')
    time(table, 'ended_at_ms')
  })
  await schema.createIndex({ table: 'executions', columns: ['tenant', 'created_at_ms'] })
  await schema.createIndex({ table: 'executions', columns: ['tenant', 'state', 'created_at_ms'] })
  await schema.createIndex({
    table: 'executions',
    columns: ['tenant', 'namespace', 'flow_id', 'created_at_ms'],
  })
  await schema.createIndex({ table: 'executions', columns: ['is_settled', 'execution_id'] })
  // One row a label, found by a digest of tenant, key and value: either may be longer than an index takes.
  await schema.createTable('execution_labels', (table) => {
    key(table, 'label_digest', 32)
    key(table, 'execution_id', ID)
    table.primary(['label_digest', 'execution_id'])
  })
  await schema.createIndex({ table: 'execution_labels', columns: ['execution_id'] })
  await schema.createTable('task_runs', (table) => {
    key(table, 'task_run_id', ID).primary()
    key(table, 'execution_id', ID)
    flowColumns(table)
    key(table, 'task_id', TASK_ID)
    table.string('parent_task_run_id', ID)
    document(table, 'value')
    table.integer('iteration')
    table.integer('position').notNullable()
    key(table, 'state', WORD)
    document(table, 'histories').notNullable()
    document(table, 'attempts').notNullable()
    document(table, 'outputs')
    table.string('plugin_package', PACKAGE_NAME)
    table.string('plugin_version', VERSION)
    table.string('plugin_integrity', NAME)
    time(table, 'created_at_ms').notNullable()
    time(table, 'ended_at_ms')
  })
  await schema.createIndex({ table: 'task_runs', columns: ['execution_id', 'position'] })
}

async function createRecords(schema: SchemaChange): Promise<void> {
  await schema.createTable('logs', (table) => {
    table.bigIncrements('log_id')
    key(table, 'execution_id', ID)
    flowColumns(table)
    table.string('task_id', TASK_ID)
    table.string('task_run_id', ID)
    table.integer('attempt')
    key(table, 'level', WORD)
    document(table, 'message').notNullable()
    time(table, 'timestamp_ms').notNullable()
  })
  await schema.createIndex({ table: 'logs', columns: ['execution_id', 'timestamp_ms', 'log_id'] })
  await schema.createTable('metrics', (table) => {
    table.bigIncrements('metric_id')
    key(table, 'execution_id', ID)
    flowColumns(table)
    key(table, 'task_id', TASK_ID)
    key(table, 'task_run_id', ID)
    key(table, 'name', NAME)
    key(table, 'type', WORD)
    table.double('value').notNullable()
    document(table, 'tags').notNullable()
    time(table, 'timestamp_ms').notNullable()
  })
  await schema.createIndex({ table: 'metrics', columns: ['execution_id', 'timestamp_ms', 'metric_id'] })
}

async function createFlows(schema: SchemaChange): Promise<void> {
  // Which revision is the latest; what a new revision must follow is compared here.
  await schema.createTable('flows', (table) => {
    flowColumns(table)
    table.integer('latest_revision').notNullable()
    table.tinyint('deleted').notNullable()
    table.primary(['tenant', 'namespace', 'flow_id'])
  })
  await schema.createTable('flow_revisions', (table) => {
    flowColumns(table)
    table.integer('revision').notNullable()
    document(table, 'source').notNullable()
    document(table, 'lock_data').notNullable()
    time(table, 'created_at_ms').notNullable()
    key(table, 'created_by', NAME)
    table.tinyint('deleted').notNullable()
    table.primary(['tenant', 'namespace', 'flow_id', 'revision'])
  })
  await schema.createTable('flow_locks', (table) => {
    table.bigIncrements('flow_lock_id')
    flowColumns(table)
    table.integer('revision').notNullable()
    key(table, 'package_name', PACKAGE_NAME)
    key(table, 'version', VERSION)
  })
  await schema.createIndex({ table: 'flow_locks', columns: ['package_name', 'version'] })
  await schema.createIndex({
    table: 'flow_locks',
    columns: ['tenant', 'namespace', 'flow_id', 'revision'],
  })
  await schema.createTable('namespaces', (table) => {
    key(table, 'tenant', TENANT)
    key(table, 'namespace', NAME)
    document(table, 'description')
    document(table, 'variables').notNullable()
    document(table, 'plugin_defaults').notNullable()
    table.primary(['tenant', 'namespace'])
  })
}

async function createPlugins(schema: SchemaChange): Promise<void> {
  await schema.createTable('plugin_versions', (table) => {
    key(table, 'package_name', PACKAGE_NAME)
    key(table, 'version', VERSION)
    key(table, 'integrity', NAME)
    key(table, 'state', WORD)
    document(table, 'reason')
    key(table, 'repository', NAME)
    document(table, 'manifest').notNullable()
    document(table, 'granted_permissions').notNullable()
    time(table, 'installed_at_ms').notNullable()
    document(table, 'dist_tags').notNullable()
    document(table, 'deprecated_message')
    table.primary(['package_name', 'version'])
  })
}

async function createIdentity(schema: SchemaChange): Promise<void> {
  await schema.createTable('users', (table) => {
    key(table, 'user_id', ID).primary()
    key(table, 'username', NAME)
    // In lower case: `username` keeps what was written.
    key(table, 'username_key', NAME)
    key(table, 'password_hash', NAME)
    key(table, 'role', WORD)
    time(table, 'created_at_ms').notNullable()
    table.integer('failed_logins').notNullable()
    time(table, 'locked_until_ms')
  })
  await schema.createIndex({ table: 'users', columns: ['username_key'], unique: true })
  await schema.createTable('api_tokens', (table) => {
    key(table, 'token_id', ID).primary()
    key(table, 'user_id', ID)
    key(table, 'name', NAME)
    key(table, 'hash', 64)
    time(table, 'created_at_ms').notNullable()
    time(table, 'expires_at_ms')
    time(table, 'revoked_at_ms')
    time(table, 'last_used_at_ms')
  })
  await schema.createIndex({ table: 'api_tokens', columns: ['hash'], unique: true })
  await schema.createIndex({ table: 'api_tokens', columns: ['user_id'] })
}

async function createValues(schema: SchemaChange): Promise<void> {
  await schema.createTable('settings', (table) => {
    key(table, 'setting_key', NAME).primary()
    document(table, 'value').notNullable()
  })
  await schema.createTable('kv_entries', (table) => {
    key(table, 'tenant', TENANT)
    key(table, 'namespace', NAME)
    key(table, 'entry_key', NAME)
    document(table, 'value').notNullable()
    time(table, 'updated_at_ms').notNullable()
    time(table, 'expires_at_ms')
    table.primary(['tenant', 'namespace', 'entry_key'])
  })
  await schema.createIndex({ table: 'kv_entries', columns: ['expires_at_ms'] })
}

function flowColumns(table: Table): void {
  key(table, 'tenant', TENANT)
  key(table, 'namespace', NAME)
  key(table, 'flow_id', NAME)
}

function key(table: Table, name: string, maxChars: number): Knex.ColumnBuilder {
  return table.string(name, maxChars).notNullable()
}

/** Up to 16 MiB where the database asks for a bound; the repositories bound it lower. */
function document(table: Table, name: string): Knex.ColumnBuilder {
  return table.text(name, 'mediumtext')
}

function time(table: Table, name: string): Knex.ColumnBuilder {
  return table.bigInteger(name)
}
