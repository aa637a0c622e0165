import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

const PINION = join(import.meta.dirname, 'pinion.js')
/** Makes the launcher believe that it runs on an older Node, so that it hands over to the pinned one. */
const ON_OLDER_NODE = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })`

test('a server that was started on an older Node stops when the launcher is asked to', {
  timeout: 60_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pinion-launcher-'))
  const args = [PINION, 'server', 'standalone', '--port', '0', '--data', dataDir]
  const launcher = spawn(process.execPath, ['--import', ON_OLDER_NODE, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  try {
    const lines: string[] = []
    const closed = once(launcher, 'close')
    const ready = Promise.withResolvers<void>()
    for (const stream of [launcher.stdout, launcher.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (line.includes('ready in')) ready.resolve()
      })
    }
    await Promise.race([ready.promise, closed])
    launcher.kill('SIGTERM')
    // Closed: nobody holds its output any more, so the server itself has ended.
    expect(await closed, lines.join('\n')).toEqual([0, null])
    expect(lines.join('\n')).toMatch(/^Stopping/m)
  } finally {
    if (launcher.exitCode === null && launcher.pid !== undefined) process.kill(-launcher.pid, 'SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  }
})

test('the exit code is the one of the command', async () => {
  const launcher = spawn(process.execPath, ['--import', ON_OLDER_NODE, PINION, 'no-such-command'], {
    stdio: 'ignore',
  })
  expect(await once(launcher, 'close')).toEqual([2, null])
})
