/** What the command line answers to the shell; documented in docs/cli.md. */
export const EXIT = {
  ok: 0,
  /** The command ran and the answer is no: a build with faults, an invalid flow, an execution that failed. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** The server does not answer. */
  unreachable: 3,
  /** The server does not know who asks, or will not let them. */
  refused: 4,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
