import { type RuntimeErrorCode, runtimeFault } from '../errors.ts'
import type { Marker } from '../protocol/marker.ts'
import type { HostBundle, Outcome } from '../protocol/messages.ts'

/** Why a host is gone. */
export type DeathCause =
  /** We ended it: it was over its memory bound. */
  | 'memory'
  /** We ended it: plugin code outlasted its slice, or the process said nothing for too long. */
  | 'unresponsive'
  /** We ended it: an attempt did not end when it had to. */
  | 'overdue'
  /** We ended it: it sent what is not of the protocol. */
  | 'protocol'
  /** It was killed by somebody else: the system, or a person. */
  | 'outside'
  /** It ended by itself, by a signal such as SIGSEGV or with an exit code. */
  | 'crash'
  /** It was told to stop. */
  | 'stopped'

export interface Death {
  readonly cause: DeathCause
  readonly pid: number
  readonly marker: Marker
  /** Bytes, when it was last looked at. */
  readonly residentBytes: number
  /** The exit code or the signal's name. */
  readonly exit: string
  /** The end of its standard error. */
  readonly stderr: string
}

export interface Involved {
  readonly number: number
  readonly bundle: HostBundle
  /** Its code has been entered at least once. */
  readonly hasBegun: boolean
}

export type Sharing = 'nobody' | 'version' | 'all'

export interface Verdict {
  /** One for each attempt, in the given order. */
  readonly outcomes: readonly Outcome[]
  /** Bundles that may be at fault, with nothing to show which: their next attempts run alone. */
  readonly suspects: readonly HostBundle[]
  /** The version whose code did it, as far as is known. */
  readonly guilty: { readonly bundle: HostBundle; readonly code: RuntimeErrorCode } | undefined
}

/**
 * Decides who pays for a dead host. The attempt whose code was running fails; all others are lost, which costs them
 * nothing but the time. Where the marker names nobody, nobody fails, and everybody who shared the host is suspected.
 * Pure.
 *
 * @param bundleOf - the bundle by its number, for code that ran outside any attempt
 * @param sharing - who else could have done it: `nobody` where a host gets one attempt at a time, `version` where it has
 *   attempts of one version only, `all` otherwise
 */
export function judge(
  death: Death,
  attempts: readonly Involved[],
  bundleOf: (bundle: number) => HostBundle | undefined,
  sharing: Sharing,
): Verdict {
  const { marker } = death
  const isInnocentDeath = death.cause === 'stopped' || (death.cause === 'outside' && !marker.isCatastrophe)
  const running = marker.attempt === 0 ? undefined : attempts.find(({ number }) => number === marker.attempt)
  if (isInnocentDeath) {
    const reason =
      death.cause === 'stopped'
        ? 'Its plugin host was stopped.'
        : `Its plugin host was ended from outside (${death.exit}).`
    return { outcomes: attempts.map(() => ({ status: 'LOST', reason })), suspects: [], guilty: undefined }
  }
  const code = codeFor(death)
  const culprits = culpritsOf(running, attempts, sharing)
  const bundle = culprits[0]?.bundle ?? bundleOf(marker.bundle)
  const who = bundle === undefined ? 'an unknown cause' : `${bundle.packageName}@${bundle.version}`
  const lost: Outcome = {
    status: 'LOST',
    reason: `Its plugin host died (${death.cause}, ${death.exit}) by ${who}.`,
  }
  return {
    outcomes: attempts.map((attempt) => (culprits.includes(attempt) ? blame(death, attempt, code) : lost)),
    suspects: bundle === undefined ? distinct(attempts.filter(({ hasBegun }) => hasBegun)) : [],
    guilty: bundle === undefined ? undefined : { bundle, code },
  }
}

function culpritsOf(
  running: Involved | undefined,
  attempts: readonly Involved[],
  sharing: Sharing,
): readonly Involved[] {
  if (running !== undefined) return [running]
  if (sharing === 'all') return []
  const begun = attempts.filter(({ hasBegun }) => hasBegun)
  return sharing === 'version' ? begun : begun.slice(-1)
}

function blame(death: Death, { bundle }: Involved, code: RuntimeErrorCode): Outcome {
  const error = runtimeFault(code, describe(death, bundle, code), hintFor(code))
  return { status: 'FAILED', error, retryable: false }
}

function codeFor({ cause, marker }: Death): RuntimeErrorCode {
  if (cause === 'memory' || marker.isCatastrophe) return 'PLUGIN_OUT_OF_MEMORY'
  return cause === 'crash' || cause === 'protocol' ? 'PLUGIN_CRASHED_HOST' : 'PLUGIN_UNRESPONSIVE'
}

function describe(death: Death, bundle: HostBundle, code: RuntimeErrorCode): string {
  const name = `${bundle.packageName}@${bundle.version}`
  const megabytes = Math.round(death.residentBytes / 1024 / 1024)
  switch (code) {
    case 'PLUGIN_OUT_OF_MEMORY':
      return death.marker.isCatastrophe
        ? `${name} used up its memory in a way that V8 could not stop; its host was ended.`
        : `${name} drove its host over the memory bound (${megabytes} MB); the host was ended.`
    case 'PLUGIN_CRASHED_HOST':
      return death.cause === 'protocol'
        ? `${name} was running when its host spoke out of turn; the host was ended.`
        : `${name} was running when its host crashed (${death.exit}).`
    default:
      return `${name} could not be interrupted after ${death.marker.sliceMs} ms; its host was ended.`
  }
}

function hintFor(code: RuntimeErrorCode): { readonly hint: string } {
  return code === 'PLUGIN_OUT_OF_MEMORY'
    ? { hint: 'Work on the data piece by piece: stream files, and do not collect rows.' }
    : { hint: 'Report it to the plugin’s author, and pin another version meanwhile.' }
}

function distinct(attempts: readonly Involved[]): HostBundle[] {
  return [...new Map(attempts.map(({ bundle }) => [bundle.bundle, bundle])).values()]
}
