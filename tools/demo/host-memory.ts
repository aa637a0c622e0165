import { readdir, readFile } from 'node:fs/promises'

const PAGE_BYTES = 4096

/** Resident bytes of the plugin hosts of a server's process, together. Linux only. @param pid - the server's */
export async function hostMemoryBytes(pid: number): Promise<number> {
  const hosts = await descendants(pid)
  const sizes = await Promise.all(hosts.map(residentBytes))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

/** Waits until the hosts' memory satisfies a bound. @returns what it is then, or in the end */
export async function settledHostMemory(
  pid: number,
  isSettled: (bytes: number) => boolean,
  timeoutMs: number,
): Promise<number> {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    const bytes = await hostMemoryBytes(pid)
    if (isSettled(bytes) || performance.now() > deadlineMs) return bytes
    // Memory has no event to wait for.
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function descendants(pid: number): Promise<readonly number[]> {
  const hosts: number[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const [parent, command] = await Promise.all([parentOf(entry), textOf(`/proc/${entry}/cmdline`)])
    if (parent === pid && command.includes('/runtime/host/')) hosts.push(Number(entry))
  }
  return hosts
}

async function parentOf(pid: string): Promise<number> {
  const stat = await textOf(`/proc/${pid}/stat`)
  // The name of the program stands in brackets and may hold blanks.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

async function residentBytes(pid: number): Promise<number> {
  const [, pages = '0'] = (await textOf(`/proc/${pid}/statm`)).split(' ')
  return Number(pages) * PAGE_BYTES
}

/** Empty for a process that is gone. */
function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
