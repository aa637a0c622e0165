import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessMemory {
  readonly pid: number
  /** First words of its command line, for people. */
  readonly command: string
  /** Bytes, pages that are shared with others included. */
  readonly residentBytes: number
  /** Bytes, with a fair share of what is shared: the sum over processes is what the machine has given. */
  readonly proportionalBytes: number
}

/** The memory of a process and of all that descend from it. Linux only: proc(5), `smaps_rollup`. */
export function memoryOfTree(rootPid: number): readonly ProcessMemory[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const parent = parentOf(Number(name))
        return parent === undefined ? [] : [[Number(name), parent] as const]
      }),
  )
  const tree = [rootPid]
  for (const pid of tree) {
    for (const [child, parent] of parents) if (parent === pid) tree.push(child)
  }
  return tree.map(memoryOf)
}

function parentOf(pid: number): number | undefined {
  try {
    // The name in brackets may hold anything, brackets included.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return Number(parent)
  } catch {
    // It ended meanwhile.
    return undefined
  }
}

function memoryOf(pid: number): ProcessMemory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const bytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) * 1024
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, 3).join(' ')
  return { pid, command, residentBytes: bytes('Rss'), proportionalBytes: bytes('Pss') }
}
