import type { BuildFault } from '../errors.ts'
import { MAX_TYPES } from '../limits.ts'
import { TYPE_ID_PATTERN } from '../manifest/index.ts'
import {
  type DeclaredType,
  type ParsedTypeSchema,
  parseTypeSchema,
  type SchemaDialect,
} from '../schema/index.ts'
import { compileCheck, type ParsedExample, type PropertiesCheck, parseExamples } from './examples.ts'
import { generateTypes } from './generated-types.ts'
import type { PackageFields } from './package-fields.ts'
import type { ProjectFile, ProjectFiles, TypeFiles } from './project-files.ts'
import { checkTypeRules } from './type-rules.ts'

/** All that follows from one schema file alone. Kept as long as the file does not change. */
export interface ReadSchema {
  readonly parsed: ParsedTypeSchema
  readonly faults: readonly BuildFault[]
  readonly examples: readonly ParsedExample[]
  readonly check?: PropertiesCheck
  /** Text of `Name.gen.ts`. */
  readonly generated?: string
}

/** A type whose two files are there and whose schema could be read. */
export interface PluginType {
  readonly type: string
  /** Package part of the type id. */
  readonly subgroup: string
  readonly declared: DeclaredType
  readonly schema: ReadSchema
  /** Absent for a type that the engine executes. */
  readonly code?: TypeCode
}

/** Where a type's code and the types generated for it stand, relative to the project. */
export interface TypeCode {
  readonly codePath: string
  readonly generatedPath: string
}

/** Reads schema files; the same file gives the same result. */
export class SchemaReader {
  readonly #dialect: SchemaDialect
  readonly #known = new WeakMap<ProjectFile, Promise<ReadSchema>>()

  constructor(dialect: SchemaDialect) {
    this.#dialect = dialect
  }

  read(file: ProjectFile): Promise<ReadSchema> {
    const known = this.#known.get(file)
    if (known) return known
    const reading = this.#parse(file)
    this.#known.set(file, reading)
    return reading
  }

  async #parse(file: ProjectFile): Promise<ReadSchema> {
    const parsed = parseTypeSchema(file.text, file.path, this.#dialect)
    const { declared, faults } = parsed
    if (declared === undefined) return { parsed, faults, examples: [] }
    return {
      parsed,
      faults: checkTypeRules(parsed, this.#dialect),
      examples: parseExamples(parsed),
      check: compileCheck(declared, this.#dialect),
      generated: await generateTypes(declared),
    }
  }
}

/** Stands for the group while package.json gives none: all else of a type can be checked still. */
const NO_GROUP = 'unknown.group'

/** Gives each pair of files its type id, and says which pairs are broken. */
export async function readTypes(
  files: ProjectFiles,
  fields: PackageFields | undefined,
  reader: SchemaReader,
): Promise<{ readonly types: readonly PluginType[]; readonly faults: readonly BuildFault[] }> {
  const faults: BuildFault[] = []
  const types: PluginType[] = []
  if (files.types.length === 0) faults.push(noTypes())
  if (files.types.length > MAX_TYPES) faults.push(tooManyTypes(files.types.length))
  const schemas = await Promise.all(files.types.map(({ schema }) => schema && reader.read(schema)))
  for (const [index, pair] of files.types.entries()) {
    const schema = schemas[index]
    if (pair.schema === undefined || schema === undefined) {
      faults.push(schemaMissing(pair))
      continue
    }
    faults.push(...schema.faults)
    const { declared } = schema.parsed
    const isEngines = declared?.executedBy === 'engine'
    if (pair.code === undefined && !isEngines) faults.push(codeMissing(pair, pair.schema))
    if (pair.code !== undefined && isEngines) faults.push(codeUnexpected(pair, pair.code, schema))
    if (declared === undefined || (pair.code === undefined) !== isEngines) continue
    const type = declared.type ?? [fields?.group ?? NO_GROUP, ...pair.folders, pair.name].join('.')
    const fault = fields && checkTypeId(type, fields.group, pair.schema, schema)
    if (fault) faults.push(fault)
    types.push({
      type,
      subgroup: type.slice(0, type.lastIndexOf('.')),
      declared,
      schema,
      ...(pair.code === undefined ? {} : { code: codeAt(pair.code.path) }),
    })
  }
  return { types: types.toSorted((a, b) => (a.type < b.type ? -1 : 1)), faults }
}

function codeAt(codePath: string): TypeCode {
  return { codePath, generatedPath: codePath.replace(/\.ts$/, '.gen.ts') }
}

function checkTypeId(
  type: string,
  group: string,
  file: ProjectFile,
  schema: ReadSchema,
): BuildFault | undefined {
  if (new RegExp(TYPE_ID_PATTERN).test(type) && type.startsWith(`${group}.`)) return undefined
  return {
    code: 'BUILD_TYPE_ID_INVALID',
    message: `"${type}" is not a type id below the group "${group}".`,
    hint: 'Folders and file names below src become the id: use letters, digits and underscores, or set `type:`.',
    file: file.path,
    ...schema.parsed.document.positionOf(['type']),
  }
}

function schemaMissing({ code, folders, name }: TypeFiles): BuildFault {
  const schemaPath = ['src', ...folders, `${name}.schema.yaml`].join('/')
  const text = code?.text ?? ''
  const line = text.split('\n').findIndex((each) => /^\s*export\s+default\b/.test(each)) + 1
  return {
    code: 'BUILD_SCHEMA_MISSING',
    message: `${name}.ts defines a task or trigger that has no schema.`,
    hint: `Write ${schemaPath}: kind, title, description, properties, outputs, examples.`,
    file: code?.path ?? schemaPath,
    line: Math.max(1, line),
    column: 1,
  }
}

function codeMissing({ name }: TypeFiles, schema: ProjectFile): BuildFault {
  return {
    code: 'BUILD_CODE_MISSING',
    message: `The schema of ${name} has no code.`,
    hint: `Write ${schema.path.replace(/\.schema\.yaml$/, '.ts')} with a default export, or delete the schema.`,
    file: schema.path,
    line: 1,
    column: 1,
  }
}

function codeUnexpected({ name }: TypeFiles, code: ProjectFile, schema: ReadSchema): BuildFault {
  return {
    code: 'BUILD_SCHEMA_INVALID',
    message: `The engine executes ${name}, and yet it has code.`,
    hint: `Delete ${code.path}, or \`executedBy\` in the schema.`,
    file: schema.parsed.file,
    ...schema.parsed.document.positionOf(['executedBy']),
  }
}

function noTypes(): BuildFault {
  return {
    code: 'BUILD_NO_TYPES',
    message: 'The plugin has no types.',
    hint: 'Write src/Name.ts with its src/Name.schema.yaml.',
    file: 'package.json',
    line: 1,
    column: 1,
  }
}

function tooManyTypes(count: number): BuildFault {
  return {
    code: 'BUILD_TOO_LARGE',
    message: `The plugin has ${count} types; at most ${MAX_TYPES} fit one package.`,
    hint: 'Split it into several packages.',
    file: 'package.json',
    line: 1,
    column: 1,
  }
}
