import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { readImports } from '../lint/module-imports.ts'
import { PackError } from './errors.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const MAX_COMPILER_OUTPUT_BYTES = 16 * 1024 * 1024
const MAX_SHOWN_LINES = 20

/** Paths of sources that code opens by itself, such as a child process's: the compiler rewrites imports only. */
const SOURCE_URL = /(new URL\(\s*['"`]\.{1,2}\/[^'"`]+)\.ts(['"`],\s*import\.meta\.url)/g
/** How declarations name a type that they did not import. */
const IMPORT_TYPE = /\bimport\(["']([^"']+)["']\)/g

/**
 * Compiles a package's sources to JavaScript and declarations, each beside where its source would be. Types are
 * not judged here (that is `npm run typecheck`): only whether all that the doors lead to came out.
 *
 * @param doors - source files, relative to `source`
 * @throws PackError `PACK_EMIT_INCOMPLETE` with the compiler's words
 */
export async function emitJavaScript(
  source: string,
  target: string,
  doors: readonly string[],
): Promise<void> {
  const output = await compile(source, target)
  for await (const file of glob('**/*.js', { cwd: target })) await rewriteSourceUrls(join(target, file))
  const missing = await findMissing(target, doors)
  if (missing.length === 0) return
  const reasons = output.trim().split('\n').slice(0, MAX_SHOWN_LINES).join('\n')
  throw new PackError(
    'PACK_EMIT_INCOMPLETE',
    `Not compiled in ${source}: ${missing.join(', ')}.\n${reasons}`,
    {
      hint: 'Correct what the compiler says about these files.',
    },
  )
}

async function compile(source: string, target: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pinion-tsc-'))
  try {
    const project = join(folder, 'tsconfig.json')
    await writeFile(project, JSON.stringify(compilerConfig(source, target)))
    const compiler = join(
      dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
      'bin',
      'tsc',
    )
    return await new Promise((done, fail) => {
      const args = [compiler, '-p', project, '--pretty', 'false']
      execFile(
        process.execPath,
        args,
        { cwd: source, maxBuffer: MAX_COMPILER_OUTPUT_BYTES },
        (error, stdout) => {
          if (error === null || stdout.includes('error TS')) done(stdout)
          else
            fail(
              new PackError('PACK_EMIT_INCOMPLETE', 'The TypeScript compiler did not run.', { cause: error }),
            )
        },
      )
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function compilerConfig(source: string, target: string): object {
  return {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      declaration: true,
      allowImportingTsExtensions: false,
      rewriteRelativeImportExtensions: true,
      rootDir: source,
      outDir: target,
      typeRoots: [join(ROOT, 'node_modules', '@types')],
    },
    include: [join(source, '**/*.ts')],
    exclude: ['**/*.test.ts', '**/node_modules', '**/dist', '**/fixtures', '**/.*'].map((each) =>
      join(source, each),
    ),
  }
}

async function rewriteSourceUrls(path: string): Promise<void> {
  const text = await readFile(path, 'utf8')
  const rewritten = text.replaceAll(SOURCE_URL, '$1.js$2')
  if (rewritten !== text) await writeFile(path, rewritten)
}

/**
 * Follows relative imports from the doors, in the JavaScript and in the declarations. @returns what is not there
 */
async function findMissing(target: string, doors: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = []
  const seen = new Set<string>()
  const pending = doors.flatMap((door) => [door.replace(/\.ts$/, '.js'), door.replace(/\.ts$/, '.d.ts')])
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    const path = join(target, file)
    if (seen.has(path)) continue
    seen.add(path)
    if (!existsSync(path)) {
      missing.push(file)
      continue
    }
    const text = await readFile(path, 'utf8')
    for (const imported of relativeImports(file, text)) {
      const next = join(dirname(file), imported)
      pending.push(file.endsWith('.d.ts') ? `${next.replace(/(\.d)?\.[jt]s$/, '')}.d.ts` : next)
    }
  }
  return missing.sort()
}

function relativeImports(file: string, text: string): readonly string[] {
  const imports = readImports(file, text)
  const named = 'fault' in imports ? [] : imports.map(({ specifier }) => specifier)
  const inTypes = file.endsWith('.d.ts')
    ? [...text.matchAll(IMPORT_TYPE)].map(([, specifier = '']) => specifier)
    : []
  return [...named, ...inTypes].filter((specifier) => /^\.{1,2}\/.*\.[jt]s$/.test(specifier))
}
