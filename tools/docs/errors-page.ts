import type { ErrorTraits } from '@pinion/core/errors'

/** What `docs/errors.md` says about one code. */
export interface DocumentedError {
  readonly code: string
  /** The room whose heading it stands under. */
  readonly room: string
  readonly traits: ErrorTraits
  /** What it means and what to do. */
  readonly text: string
}

const TRAITS = /^_(user|environment|bug), a retry (may help|does not help)_$/

/** @throws SyntaxError for a section that is not written as the others are */
export function readErrorsPage(markdown: string): readonly DocumentedError[] {
  const [, ...rooms] = markdown.split(/^## /m)
  return rooms.flatMap((section) => {
    const [head = '', ...codes] = section.split(/^### /m)
    const room = /^`([^`]+)`\. /m.exec(head)?.[1]
    if (room === undefined) throw new SyntaxError(`"${firstLine(head)}" names no room.`)
    return codes.map((code) => readSection(room, code))
  })
}

function readSection(room: string, section: string): DocumentedError {
  const [heading = '', , facts = '', , ...text] = section.split('\n')
  const code = /^`([A-Z]+(?:_[A-Z]+)*)`$/.exec(heading)?.[1]
  const [, kind, retry] = TRAITS.exec(facts) ?? []
  if (code === undefined || !isKind(kind)) {
    throw new SyntaxError(
      `"${heading}" must be a code, followed by a line such as "_user, a retry may help_".`,
    )
  }
  return { code, room, traits: { kind, retryable: retry === 'may help' }, text: text.join('\n').trim() }
}

function isKind(kind: string | undefined): kind is ErrorTraits['kind'] {
  return kind === 'user' || kind === 'environment' || kind === 'bug'
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf('\n'))
}
