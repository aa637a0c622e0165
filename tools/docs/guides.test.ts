import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runFlow } from '@pinion/core/testing'
import { buildPlugin } from '@pinion/plugin-sdk/build'
import { scaffoldPlugin } from '@pinion/plugin-sdk/scaffold'
import { configurationPage } from '@pinion/server'
import { afterAll, describe, expect, test } from 'vitest'
import { cliPage } from './cli-page.ts'
import { ERROR_TABLES } from './error-tables.ts'

const DOCS = join(import.meta.dirname, '../../docs')
const read = (name: string): Promise<string> => readFile(join(DOCS, name), 'utf8')
const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

describe.each(['plugins.md', 'versions.md', 'errors.md', 'cli.md'])('docs/%s', (name) => {
  test('links to pages and headings that are there', async () => {
    for (const [, target = ''] of (await read(name)).matchAll(/\]\(([^)]+)\)/g)) {
      const [file = '', heading] = target.split('#')
      expect(existsSync(join(DOCS, file)), target).toBe(true)
      if (heading !== undefined) expect(anchorsOf(await read(file))).toContain(heading)
    }
  })

  test('names codes, settings and commands that exist', async () => {
    const text = await read(name)
    const codes = new Set(ERROR_TABLES.flatMap((table) => Object.keys(table.codes)))
    const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, word = '']) => word)
    const unknown = [
      ...found(/`((?:FLOW|PLUGIN|BUILD|EXECUTION|TASK)_[A-Z_]+)`/g).filter((code) => !codes.has(code)),
      ...found(/`((?:plugins|registry|limits|server)\.[a-zA-Z.]+)`/g).filter(isNoSetting),
      ...found(/npx (pinion [a-z]+ [a-z]+)/g).filter(isNoCommand),
    ]
    expect(unknown).toEqual([])
  })
})

test('the plugin of docs/plugins.md builds, and its flow runs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'pinion-guide-'))
  folders.push(directory)
  await scaffoldPlugin({
    directory,
    name: '@acme/plugin-text',
    title: 'Text',
    group: 'com.acme.plugin.text',
    description: 'Tasks that work on texts.',
    registryUrl: 'http://localhost:8080/registry/',
  })
  const blocks = blocksOf(await read('plugins.md'))
  const packageFile = join(directory, 'package.json')
  const packageJson: object = JSON.parse(await readFile(packageFile, 'utf8'))
  for (const [path, text] of blocks) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    const isField = path === 'package.json'
    const content = isField ? JSON.stringify({ ...packageJson, pinion: JSON.parse(text) }) : text
    await writeFile(join(directory, path), content)
  }
  const { manifest } = await buildPlugin(directory)
  expect(manifest.types.map(({ type }) => type)).toContain('com.acme.plugin.text.Count')

  const flow = /flow: `\n([^`]+)`/.exec(blocks.get('test/count.test.ts') ?? '')?.[1] ?? ''
  const { state, taskRuns } = await runFlow({ pluginDir: directory, flow })
  expect(state, taskRuns[0]?.error).toBe('SUCCESS')
  expect(taskRuns[0]?.outputs).toMatchObject({ count: 3 })
})

/** A key of the configuration, or what several keys begin with. */
function isNoSetting(key: string): boolean {
  const page = configurationPage()
  return !page.includes(`\`${key}\``) && !page.includes(`\`${key}.`)
}

function isNoCommand(command: string): boolean {
  return !cliPage()
    .split('\n')
    .some((line) => line === `### ${command}` || line.startsWith(`### ${command} `))
}

/** Code blocks by the file that they name after their language. */
function blocksOf(markdown: string): ReadonlyMap<string, string> {
  const blocks = markdown.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)
  return new Map([...blocks].map(([, path = '', text = '']) => [path, text]))
}

/** As GitHub makes them. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
