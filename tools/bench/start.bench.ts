import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startServerProcess } from '../demo/server-process.ts'
import { type Measurement, percentile } from './measurement.ts'
import { memoryOfTree, type ProcessMemory } from './process-memory.ts'

const STARTS = 5
/** Until the spare processes are up and nothing is left of the start's own work. */
const IDLE_AFTER_MS = 5_000
const MIB = 1024 * 1024

/** A server's start on a data folder that it has used before, and the memory of all its processes when it idles. */
export async function benchStart(): Promise<readonly Measurement[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pinion-bench-start-'))
  try {
    await (await startServerProcess({ dataDir })).stop()
    const startsMs: number[] = []
    let idle: readonly ProcessMemory[] = []
    for (let index = 0; index < STARTS; index++) {
      const server = await startServerProcess({ dataDir })
      startsMs.push(server.readyAfterMs)
      if (index === STARTS - 1) {
        await delay(IDLE_AFTER_MS)
        idle = memoryOfTree(server.pid)
      }
      await server.stop()
    }
    const value = percentile(startsMs, 0.5)
    return [
      {
        name: 'start after the first, process to ready, p50',
        value,
        unit: 'ms',
        reach: 'at most 3000 ms',
        isReached: value <= 3_000,
      },
      memoryRow(`idle server, ${idle.length} processes, resident`, idle, 'residentBytes'),
      memoryRow('idle server, its share of the memory', idle, 'proportionalBytes'),
      ...idle.map((process) => memoryRow(`  ${nameOf(process)}, share`, [process], 'proportionalBytes')),
    ]
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

function memoryRow(
  name: string,
  processes: readonly ProcessMemory[],
  kind: 'residentBytes' | 'proportionalBytes',
): Measurement {
  const value = processes.reduce((sum, process) => sum + process[kind], 0) / MIB
  return { name, value, unit: 'MB' }
}

/** The script that it runs, by its last two folders. */
function nameOf({ command }: ProcessMemory): string {
  const script = command.split(' ').find((word) => /\.[jt]s$/.test(word)) ?? command
  return script.split('/').slice(-3).join('/')
}
