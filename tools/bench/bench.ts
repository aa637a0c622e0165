/**
 * `npm run bench [NAME…]`: runs the benchmarks of this folder (all of them, or those whose file name contains a NAME) one after
 * the other and prints a table with ratios. Exits 1 if a promise was not kept.
 */
import { readdirSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { table } from '../cli/terminal.ts'
import type { Measurement } from './measurement.ts'

const wanted = process.argv.slice(2)
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)))

process.stdout.write(
  `${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}\n\n`,
)
let isKept = true
for (const file of files) {
  const module: Readonly<Record<string, unknown>> = await import(`./${file}`)
  const run = Object.values(module).find(
    (value): value is () => Promise<readonly Measurement[]> => typeof value === 'function',
  )
  if (run === undefined) throw new Error(`${file} exports no benchmark.`)
  const measurements = await run()
  process.stdout.write(
    `${file}\n${table(measurements.map(row), ['name', 'value', 'unit', 'floor', 'ratio', 'reach', 'kept'])}\n\n`,
  )
  if (measurements.some(({ isReached }) => isReached === false)) isKept = false
}
process.exitCode = isKept ? 0 : 1

function row({ name, value, unit, floor, ratio, reach, isReached }: Measurement) {
  return {
    name,
    value: round(value),
    unit,
    floor: floor === undefined ? undefined : round(floor),
    ratio: ratio === undefined ? undefined : round(ratio),
    reach,
    kept: isReached === undefined ? undefined : isReached ? 'yes' : 'NO',
  }
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
