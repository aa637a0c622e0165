import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeStore } from './conformance/conformance.ts'
import { openStore } from './open.ts'

describeStore('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pinion-store-'))
  const file = join(folder, 'made', 'on the way', 'pinion.db')
  return {
    open: () => openStore({ client: 'sqlite', file }),
    remove: () => rm(folder, { recursive: true }),
  }
})
