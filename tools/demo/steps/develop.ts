import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { change, PARSE, setVersion } from '../clock-plugin.ts'
import { runSaved, saveFlow } from '../executions.ts'
import { valueAt } from '../json-path.ts'
import type { Running } from '../run-command.ts'
import type { Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'

const TIMEOUT_MS = 30_000
const FLOW = 'company.develop/develop'

export const develop: Scene = {
  title: '6. Hot reload while a plugin is written',
  async play(stage) {
    const { proofs, projectDir } = stage
    await setVersion(projectDir, '3.0.0')
    await saveFlow(
      stage,
      `id: develop\nnamespace: company.develop\ntasks: [{ id: a, type: ${PARSE}, text: 1h, label: quiet }]\n`,
    )
    const session = new Session(stage.startPinion(['plugin', 'dev'], projectDir))
    try {
      proofs.matches('the session makes the folder live', await session.line(/^live .*/), /live .*@3\.0\.0/)
      proofs.contains('and flows that follow the newest version run it', await outputs(stage), {
        plugin: '3.0.0',
        label: 'quiet',
      })

      const code = join(projectDir, 'src/Parse.ts')
      await change(code, (text) => text.replace('label,\n', 'label: label.toUpperCase(),\n'))
      proofs.matches('a save is live', await session.line(/^live .*/), /live .* in \d+ ms/)
      proofs.contains('and the next run uses it', await outputs(stage), { label: 'QUIET' })

      const schema = join(projectDir, 'src/Parse.schema.yaml')
      await change(schema, (text) => text.replace('      title: Long form', '      title: Long words'))
      await session.line(/^live .*/)
      await change(schema, (text) => text.replace('    long:\n', '    lengthy:\n'))
      const typed = /live .*types regenerated: src\/Parse\.gen\.ts/
      proofs.matches('a changed schema regenerates the types', await session.line(typed), typed)

      await change(code, (text) => text.replace('label: label.toUpperCase(),', 'label: label.toLowerCase(,'))
      const broken = await session.line(/src\/Parse\.ts:\d+:\d+ .*/)
      proofs.matches('a syntax error is shown with its line', broken, /src\/Parse\.ts:15:\d+ .*/)
      proofs.contains('while the old code keeps serving', await outputs(stage), { label: 'QUIET' })
      await change(code, (text) => text.replace('label: label.toLowerCase(,', 'label: label.repeat(2),'))
      await session.line(/^live .*/)
      proofs.contains('until it is mended', await outputs(stage), { label: 'quietquiet' })
      await change(code, (text) => text.replace('label: label.repeat(2),', 'label,'))
      await session.line(/^live .*/)
    } finally {
      await session.end()
    }
    proofs.contains('the end of the session takes it out again', await outputs(stage), { plugin: '2.1.0' })
  },
}

async function outputs(stage: Stage): Promise<unknown> {
  const { taskRuns } = await runSaved(stage, FLOW)
  const seen = taskRuns[0]?.outputs
  return { plugin: valueAt(seen, 'plugin'), label: valueAt(seen, 'label') }
}

/** A `pinion plugin dev` that runs, and what it says. */
class Session {
  readonly #child: Running
  readonly #lines: string[] = []
  #taken = 0
  #news = Promise.withResolvers<void>()

  constructor(child: Running) {
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#lines.push(line)
        this.#news.resolve()
        this.#news = Promise.withResolvers()
      })
    }
  }

  /** Waits for the next line that matches; those before it are passed over. */
  async line(pattern: RegExp): Promise<string> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      const fail = () => reject(new Error(`It never said ${pattern}, but:\n${this.#lines.join('\n')}`))
      timer = setTimeout(fail, TIMEOUT_MS)
    })
    try {
      for (;;) {
        const index = this.#lines.findIndex((line, at) => at >= this.#taken && pattern.test(line))
        if (index !== -1) {
          this.#taken = index + 1
          return this.#lines[index] ?? ''
        }
        await Promise.race([this.#news.promise, late])
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** As Ctrl-C. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGINT')
    await exited
  }
}
