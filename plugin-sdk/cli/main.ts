import { buildPlugin, createPluginBuilder } from '../build/index.ts'
import { type BuildFault, BuildRefusedError, SdkError } from '../errors.ts'

/** Where a command writes. */
export interface Terminal {
  out(line: string): void
  error(line: string): void
}

const USAGE = `pinion-plugin <command> [directory]

  build   bundle the plugin and write its manifest to dist/, unless it has faults
  check   list the faults, write nothing but generated types
  types   write the generated types (Name.gen.ts) from the schemas

The directory is the current one by default.`

const COMMANDS: Readonly<Record<string, (directory: string, terminal: Terminal) => Promise<void>>> = {
  build,
  check,
  types,
}

/**
 * Runs a command line. @returns the exit code: 0, 1 for faults, 2 for a command line that cannot be understood
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name = '', directory = '.', ...others] = args
  if (name === '--help' || name === '-h' || name === 'help') {
    terminal.out(USAGE)
    return 0
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined || others.length > 0 || directory.startsWith('-')) {
    terminal.error(USAGE)
    return 2
  }
  try {
    await command(directory, terminal)
    return 0
  } catch (error) {
    if (!(error instanceof SdkError)) throw error
    if (error instanceof BuildRefusedError) reportFaults(error.faults, terminal)
    else terminal.error(error.hint === undefined ? error.message : `${error.message} (${error.hint})`)
    return 1
  }
}

async function build(directory: string, terminal: Terminal): Promise<void> {
  const { manifest, bundle, durationMs } = await buildPlugin(directory)
  const size = `${(bundle.byteLength / 1024).toFixed(1)} KiB`
  terminal.out(
    `${manifest.name}@${manifest.version}: ${count(manifest.types.length, 'type')}, ${size}, built in ${Math.round(durationMs)} ms`,
  )
}

async function check(directory: string, terminal: Terminal): Promise<void> {
  const builder = createPluginBuilder(directory)
  try {
    const faults = await builder.check()
    if (faults.length > 0) throw new BuildRefusedError(faults)
    terminal.out('No faults.')
  } finally {
    await builder.close()
  }
}

async function types(directory: string, terminal: Terminal): Promise<void> {
  const builder = createPluginBuilder(directory)
  try {
    const written = await builder.generateTypes()
    for (const path of written) terminal.out(path)
    if (written.length === 0) terminal.out('All generated types are up to date.')
  } finally {
    await builder.close()
  }
}

function reportFaults(faults: readonly BuildFault[], terminal: Terminal): void {
  for (const { file, line, column, message, hint } of faults) {
    terminal.error(`${file}:${line}:${column}  ${message}${hint === undefined ? '' : ` (${hint})`}`)
  }
  terminal.error(count(faults.length, 'fault'))
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
