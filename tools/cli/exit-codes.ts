/** What the command line answers to the shell. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  refused: 4,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What each code says; documented in docs/cli.md. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'It went well.',
  failed:
    'The command ran and the answer is no: a build with faults, an invalid flow, an execution that failed.',
  usage: 'The command line or the configuration is wrong; nothing was done.',
  unreachable: 'The server does not answer.',
  refused: 'The server does not know who asks, or will not let them.',
}
