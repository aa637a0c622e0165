/** Checks what Biome cannot see: which room imports which. Exits 1 with a line for each finding. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { checkDirection } from './direction.ts'

const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'],
  {
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file !== '' && existsSync(file) && !/\/(fixtures|templates?)\//.test(file))

const findings = checkDirection(new Map(files.map((file) => [file, readFileSync(file, 'utf8')])))
for (const { file, line, message } of findings) process.stderr.write(`${file}:${line}  ${message}\n`)
process.stdout.write(`${files.length} modules, ${findings.length} findings\n`)
process.exitCode = findings.length === 0 ? 0 : 1
