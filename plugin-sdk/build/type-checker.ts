import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix, sep } from 'node:path'
import { type BuildFault, SdkError } from '../errors.ts'
import { MAX_COMPILER_OUTPUT_BYTES, TYPE_CHECK_TIMEOUT_MS } from '../limits.ts'
import type { PluginRuntimeKind } from '../manifest/index.ts'
import type { AuthoredKind } from '../schema/index.ts'
import { writeIfChanged } from './output.ts'
import { hasInstalledSdk, ownDoor, SDK_NAME } from './sdk-location.ts'

/** A type whose code must agree with its schema. Paths are relative to the project. */
export interface CheckedType {
  readonly type: string
  readonly kind: AuthoredKind
  readonly codePath: string
  readonly generatedPath: string
}

const CHECK_FOLDER = '.pinion/check'
const METHODS = { task: 'run', trigger: 'evaluate' } as const satisfies Record<AuthoredKind, string>
/** Lines of the agreement file per type, in this order. */
const CLAIMS = ['import', 'import types', 'kind', 'properties', 'outputs'] as const

/** Types are not generated from a schema with faults, which are reported by themselves. */
const NOT_GENERATED = /^Cannot find module '[^']*\.gen\.ts'/

interface Diagnostic {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly code: string
  readonly message: string
}

/**
 * Runs the TypeScript compiler over what the bundle is made of (tests are left to the test runner), and over
 * claims that each type's code takes what its schema's properties give and returns what its outputs promise.
 *
 * @param directory - absolute path of the project
 * @throws SdkError `PLUGIN_COMPILER_MISSING` if the compiler cannot run
 */
export async function checkTypes(
  directory: string,
  runtime: PluginRuntimeKind,
  types: readonly CheckedType[],
): Promise<readonly BuildFault[]> {
  await writeIfChanged(directory, `${CHECK_FOLDER}/agreement.ts`, agreementText(types))
  const config = JSON.stringify(compilerConfig(directory, runtime), null, 2)
  await writeIfChanged(directory, `${CHECK_FOLDER}/tsconfig.json`, config)
  const output = await runCompiler(directory)
  const diagnostics = parseDiagnostics(output)
  const own = diagnostics.filter(
    ({ file, message }) => !file.startsWith(`${CHECK_FOLDER}/`) && !NOT_GENERATED.test(message),
  )
  const claims = diagnostics.filter(({ file }) => file === `${CHECK_FOLDER}/agreement.ts`)
  const settings = diagnostics.filter(
    ({ file }) => file.startsWith(CHECK_FOLDER) && !claims.some((c) => c.file === file),
  )
  return [
    ...own.map(faultOfCode),
    ...settings.map((diagnostic) =>
      faultOfCode({ ...diagnostic, file: 'tsconfig.json', line: 1, column: 1 }),
    ),
    ...claims.flatMap((diagnostic) => faultOfClaim(directory, types, diagnostic)),
  ]
}

function agreementText(types: readonly CheckedType[]): string {
  const up = posix.relative(CHECK_FOLDER, '.')
  return types
    .map(({ kind, codePath, generatedPath }, index) => {
      const method = `typeof type${index}.${METHODS[kind]}`
      const outputs = kind === 'trigger' ? `Outputs${index} | undefined` : `Outputs${index}`
      return [
        `import type${index} from '${up}/${codePath}'`,
        `import type { Outputs as Outputs${index}, Properties as Properties${index} } from '${up}/${generatedPath}'`,
        `export const kind${index}: '${kind}' = type${index}.kind`,
        `export const properties${index} = (value: Properties${index}): Parameters<${method}>[0] => value`,
        `export const outputs${index} = (value: Awaited<ReturnType<${method}>>): ${outputs} => value`,
      ].join('\n')
    })
    .join('\n')
}

function compilerConfig(directory: string, runtime: PluginRuntimeKind): object {
  const hasOwnConfig = existsSync(join(directory, 'tsconfig.json'))
  const up = posix.relative(CHECK_FOLDER, '.')
  return {
    ...(hasOwnConfig ? { extends: `${up}/tsconfig.json` } : {}),
    compilerOptions: {
      ...(hasOwnConfig ? {} : defaultOptions(runtime)),
      noEmit: true,
      composite: false,
      incremental: false,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      ...(hasInstalledSdk(directory) ? {} : { paths: { [SDK_NAME]: [ownDoor()] } }),
    },
    include: [`${up}/src/**/*.ts`, 'agreement.ts'],
    exclude: [`${up}/src/**/*.test.ts`],
  }
}

function defaultOptions(runtime: PluginRuntimeKind): object {
  return {
    target: 'es2024',
    lib: runtime === 'isolate' ? ['es2024', 'webworker'] : ['es2024'],
    types: runtime === 'isolate' ? [] : ['node'],
    module: 'preserve',
    moduleResolution: 'bundler',
    strict: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
  }
}

function runCompiler(directory: string): Promise<string> {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin',
    'tsc',
  )
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [compiler, '-p', join(CHECK_FOLDER, 'tsconfig.json'), '--pretty', 'false'],
      { cwd: directory, timeout: TYPE_CHECK_TIMEOUT_MS, maxBuffer: MAX_COMPILER_OUTPUT_BYTES },
      (error, stdout, stderr) => {
        const reported = stdout.includes('error TS')
        if (error === null || reported) resolve(stdout)
        else {
          reject(
            new SdkError(
              'PLUGIN_COMPILER_MISSING',
              `The TypeScript compiler did not run: ${stderr.trim() || error.message}`,
              {
                hint: 'Install the SDK again: npm install --save-dev @pinion/plugin-sdk.',
                cause: error,
              },
            ),
          )
        }
      },
    )
  })
}

function parseDiagnostics(output: string): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const text of output.split(/\r?\n/)) {
    const located = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(text)
    const general = /^error (TS\d+): (.*)$/.exec(text)
    const last = diagnostics.at(-1)
    if (located) {
      const [, file = '', line, column, code = '', message = ''] = located
      diagnostics.push({
        file: file.split(sep).join('/'),
        line: Number(line),
        column: Number(column),
        code,
        message,
      })
    } else if (general) {
      const [, code = '', message = ''] = general
      diagnostics.push({ file: `${CHECK_FOLDER}/tsconfig.json`, line: 1, column: 1, code, message })
    } else if (last && /^\s+\S/.test(text)) {
      // The reasons of a diagnostic follow it, indented.
      diagnostics[diagnostics.length - 1] = { ...last, message: `${last.message} ${text.trim()}` }
    }
  }
  return diagnostics
}

function faultOfCode(diagnostic: Diagnostic): BuildFault {
  const library = /type definition file for '([^']+)'/.exec(diagnostic.message)?.[1]
  return {
    code: 'BUILD_TYPE_DISAGREEMENT',
    message: `${diagnostic.message} (${diagnostic.code})`,
    ...(library === undefined ? {} : { hint: `Install it: npm install --save-dev @types/${library}.` }),
    file: diagnostic.file,
    line: diagnostic.line,
    column: diagnostic.column,
  }
}

function faultOfClaim(
  directory: string,
  types: readonly CheckedType[],
  diagnostic: Diagnostic,
): readonly BuildFault[] {
  const index = Math.floor((diagnostic.line - 1) / CLAIMS.length)
  const claim = CLAIMS[(diagnostic.line - 1) % CLAIMS.length]
  const checked = types[index]
  // A module without a default export is reported by the bundler, in better words.
  if (checked === undefined || claim === undefined || claim.startsWith('import')) return []
  const place = { file: checked.codePath, ...defaultExportIn(join(directory, checked.codePath)) }
  switch (claim) {
    case 'kind':
      return [
        {
          ...place,
          code: 'BUILD_KIND_MISMATCH',
          message: `The schema says that this is a ${checked.kind}, the code defines something else.`,
          hint: `Export ${checked.kind === 'task' ? 'defineTask' : 'defineTrigger'}(…), or change \`kind\` in the schema.`,
        },
      ]
    case 'properties':
    case 'outputs':
      // Without the right method there is nothing to compare; the kind's own fault has said so.
      if (diagnostic.code === 'TS2339') return []
      return [
        {
          ...place,
          code: 'BUILD_TYPE_DISAGREEMENT',
          message: `The code's ${claim} are not those of the schema: ${diagnostic.message} (${diagnostic.code})`,
          hint: `Use the generated types: define${checked.kind === 'task' ? 'Task' : 'Trigger'}<Properties, Outputs>(…).`,
        },
      ]
    default:
      return []
  }
}

function defaultExportIn(path: string): { readonly line: number; readonly column: number } {
  const lines = readFileSync(path, 'utf8').split('\n')
  const line = lines.findIndex((text) => /^\s*export\s+(default\b|\{[^}]*\bdefault\b)/.test(text))
  return line < 0 ? { line: 1, column: 1 } : { line: line + 1, column: (lines[line]?.search(/\S/) ?? 0) + 1 }
}
