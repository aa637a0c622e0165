import type { Command, Help } from 'commander'
import { CLI_VARIABLES } from '../cli/environment.ts'
import { EXIT, EXIT_MEANINGS } from '../cli/exit-codes.ts'
import { createProgram } from '../cli/program.ts'

/** The page `docs/cli.md`, made from the program itself. */
export function cliPage(): string {
  const program = createProgram(() => {
    throw new Error('A page is written without running a command.')
  })
  const help = program.createHelp()
  const groups = help.visibleCommands(program).filter((group) => group.name() !== 'help')
  const exits = Object.entries(EXIT).map(([name, code]) => [`${code}`, meaningOf(name)])
  const variables = Object.entries(CLI_VARIABLES).map(([name, meaning]) => [`\`${name}\``, meaning])
  return [
    '# Command line',
    '`npx pinion <group> <command>`: one program for running a server, writing plugins, and asking a server. Answers go to standard output, everything else to standard error, so that `--output json` can be piped.',
    '## Options of every command',
    optionTable(help, program),
    '## Environment',
    'Options win over them. A server reads many more: see [configuration](configuration.md).',
    table(['variable', 'meaning'], variables),
    '## Exit codes',
    table(['code', 'meaning'], exits),
    ...groups.flatMap((group) => groupSection(help, group)),
  ]
    .join('\n\n')
    .concat('\n')
}

function groupSection(help: Help, group: Command): readonly string[] {
  const commands = help.visibleCommands(group).filter((command) => command.name() !== 'help')
  return [
    `## pinion ${group.name()}`,
    sentence(help.commandDescription(group)),
    ...commands.flatMap((command) => commandSection(help, group, command)),
  ]
}

function commandSection(help: Help, group: Command, command: Command): readonly string[] {
  const words = command.registeredArguments.map((argument) => help.argumentTerm(argument))
  const usage = command.registeredArguments.map((argument, index) => {
    const name = `${words[index]}${argument.variadic ? '...' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
  const options = help.visibleOptions(command).filter((option) => option.long !== '--help')
  return [
    `### pinion ${[group.name(), command.name(), ...usage].join(' ')}`,
    sentence(help.commandDescription(command)),
    ...(options.length === 0 ? [] : [optionTable(help, command)]),
  ]
}

function optionTable(help: Help, command: Command): string {
  const rows = help
    .visibleOptions(command)
    .filter((option) => option.long !== '--help')
    .map((option) => [`\`${help.optionTerm(option)}\``, help.optionDescription(option)])
  return table(['option', 'meaning'], rows)
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, heading.map(() => '---'), ...rows]
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
}

function meaningOf(name: string): string {
  return Object.entries(EXIT_MEANINGS).find(([known]) => known === name)?.[1] ?? ''
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
