import type { RuntimeIncident } from './options.ts'
import type { Death, Verdict } from './pool/verdict.ts'

/** What an operator is told of a dead host. */
export function incidentOf(death: Death, { guilty, outcomes }: Verdict): RuntimeIncident {
  const words = lastWords(death.stderr)
  const base = {
    pid: death.pid,
    message: `Plugin host ${death.pid} died (${death.cause}, ${death.exit}).${words === '' ? '' : ` It said: ${words}`}`,
    lostAttempts: outcomes.filter(({ status }) => status === 'LOST').length,
  }
  if (guilty === undefined) return { code: 'HOST_DIED', ...base }
  const { packageName, version, sha512 } = guilty.bundle
  return { code: guilty.code, packageName, version, sha512, ...base }
}

/** Of a crash report the line that names the error, and not the version of Node below it. */
function lastWords(stderr: string): string {
  const lines = stderr.trim().split('\n')
  return lines.findLast((line) => /^\w*Error\b|^#? ?Fatal|FATAL/.test(line)) ?? lines.at(-1) ?? ''
}
