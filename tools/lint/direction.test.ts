import { expect, test } from 'vitest'
import { checkDirection } from './direction.ts'

const messagesFor = (sources: Record<string, string>) =>
  checkDirection(new Map(Object.entries(sources))).map(
    ({ file, line, message }) => `${file}:${line} ${message}`,
  )

test.each([
  [
    'plugin-sdk/a.ts',
    "import { x } from '@pinion/core/flow'",
    'plugin-sdk may not import @pinion/core/flow.',
  ],
  [
    'registry/a.ts',
    "import type { x } from '@pinion/core/flow'",
    'registry may not import @pinion/core/flow.',
  ],
  [
    'plugins/http/a.ts',
    "import { x } from '@pinion/plugin-core'",
    'plugins/http may not import @pinion/plugin-core.',
  ],
  ['core/flow/a.ts', "import { x } from '@pinion/server'", 'core may not import @pinion/server.'],
  ['core/flow/a.ts', "import { x } from '@pinion/plugin-sdk'", 'core may import types only'],
  [
    'server/a.ts',
    "const x = await import('@pinion/plugin-core')",
    'server may not import @pinion/plugin-core.',
  ],
  [
    'core/flow/a.ts',
    "export { x } from '../plugin/version/b.ts'",
    'core/flow may use core/plugin by its index.ts only.',
  ],
  ['core/flow/a.ts', "import x from '../../server/index.ts'", 'leaves the room'],
  ['core/execution/reducer.ts', "import fs from 'node:fs'", 'is pure'],
  ['core/expression/deep/a.ts', "import fs from 'node:fs'", 'is pure'],
])('%s with `%s` is refused', (file, source, message) => {
  expect(messagesFor({ [file]: `\n${source}` })).toEqual([expect.stringContaining(`${file}:2`)])
  expect(messagesFor({ [file]: source })[0]).toContain(message)
})

test('a cycle is named, of types too', () => {
  const found = messagesFor({
    'core/flow/a.ts': "import type { B } from './b.ts'",
    'core/flow/b.ts': "import { c } from './c.ts'",
    'core/flow/c.ts': "import { a } from './a.ts'",
  })
  expect(found).toEqual([
    expect.stringContaining('core/flow/a.ts -> core/flow/b.ts -> core/flow/c.ts -> core/flow/a.ts'),
  ])
})

test.each([
  ['core/flow/a.ts', "import type { TaskContext } from '@pinion/plugin-sdk'"],
  ['core/flow/a.ts', "import { PLUGIN_KINDS } from '@pinion/plugin-sdk/manifest'"],
  ['core/flow/a.ts', "import { x } from '../plugin/index.ts'"],
  ['core/flow/a.test.ts', "import { x } from '../../test/services/mariadb.ts'"],
  ['server/a.ts', "import { x } from '@pinion/core/flow'"],
  ['tools/a.ts', "import { x } from '@pinion/server'"],
  ['core/store/a.ts', "import fs from 'node:fs'"],
])('%s with `%s` is fine', (file, source) => {
  expect(messagesFor({ [file]: source })).toEqual([])
})
