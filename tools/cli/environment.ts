/** The environment variables that the command line reads, and what each stands for; documented in docs/cli.md. */
export const CLI_VARIABLES = {
  PINION_URL: 'the server, as `--url`',
  PINION_TENANT: 'the tenant, as `--tenant`',
  PINION_TOKEN: 'an API token, as `--token`; it wins over a password',
  PINION_USER: 'name and password, as `--user`',
  NO_COLOR: 'set to anything: no colours',
} as const
export type CliVariable = keyof typeof CLI_VARIABLES
