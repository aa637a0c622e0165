import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

const BUFFER = Buffer.alloc(128)
let pageBytes: number | undefined

/**
 * Resident memory of another process in bytes, from `/proc` (3 µs).
 *
 * @returns undefined where there is no `/proc`, or no such process: then only the host's own reports are known
 */
export function residentBytesOf(pid: number): number | undefined {
  const pages = residentPages(`/proc/${pid}/statm`)
  if (pages === undefined) return undefined
  pageBytes ??= measurePageBytes()
  return pages * pageBytes
}

function residentPages(path: string): number | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    const length = readSync(file, BUFFER, 0, BUFFER.length, 0)
    const pages = Number(BUFFER.toString('latin1', 0, length).split(' ')[1])
    return Number.isFinite(pages) ? pages : undefined
  } catch {
    // The process ended between the two calls.
    return undefined
  } finally {
    closeSync(file)
  }
}

/** 4 KB on most machines, 16 or 64 KB on some ARM ones; Node does not tell, but knows our own size both ways. */
function measurePageBytes(): number {
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1])
  const pages = residentPages('/proc/self/statm') ?? 0
  const sizes = [4096, 16_384, 65_536]
  const measured = (kilobytes * 1024) / pages
  return sizes.reduce((best, size) => (Math.abs(size - measured) < Math.abs(best - measured) ? size : best))
}
