import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { CliContext } from '../context.ts'
import { showFaults } from './build-faults.ts'
import { runDevSession } from './dev-session.ts'
import { endDevelopment, pushTo } from './push-build.ts'

/** `pinion plugin dev`: keeps a project's latest build live on the server until it is interrupted. */
export async function developProject({ api, terminal }: CliContext, directory: string): Promise<void> {
  const folder = resolve(directory)
  const packageName = await nameOf(folder)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  terminal.note(`Watching ${folder}. Each save is live on ${api.url}. Ctrl-C ends it.`)
  let hadTypeFaults = false
  await runDevSession(
    folder,
    pushTo(api),
    {
      live: ({ manifest, regenerated }, tookMs) => {
        const types = regenerated.length === 0 ? '' : `, types regenerated: ${regenerated.join(', ')}`
        const version = `${manifest.name}@${manifest.version}`
        terminal.note(`${terminal.style('green', 'live')}  ${version} in ${tookMs.toFixed(0)} ms${types}`)
      },
      refused: (faults) => showFaults(terminal, faults, 'What was live before still serves.'),
      rejected: (error) => {
        const details = error instanceof CliError ? error.details : []
        for (const detail of details) terminal.note(detail)
        terminal.note(
          `${terminal.style('red', 'error')} ${error instanceof Error ? error.message : String(error)}`,
        )
      },
      typed: (faults) => {
        if (faults.length > 0)
          showFaults(terminal, faults, 'The code is live; `pinion plugin build` would refuse it.')
        else if (hadTypeFaults) terminal.note(`${terminal.style('green', 'types')} are in order again.`)
        hadTypeFaults = faults.length > 0
      },
    },
    stop.signal,
  )
  await endDevelopment(api, packageName)
}

async function nameOf(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}')
  const { name }: { name?: unknown } = JSON.parse(text)
  if (typeof name === 'string') return name
  throw new CliError(`${folder} holds no plugin project.`, { hint: 'Make one with `pinion plugin create`.' })
}
