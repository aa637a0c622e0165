import { styleText } from 'node:util'

/** Hears what happens in the story, as it happens. */
export interface Teller {
  step(title: string): void
  /** What a person would type, or the request that a program would send. */
  command(text: string): void
  /** @param seen - what was found, on one line */
  proof(claim: string, seen: string): void
}

/** Keeps the story to itself: for tests, where what fails speaks for itself. */
export const silent: Teller = { step: () => undefined, command: () => undefined, proof: () => undefined }

const MAX_LINE = 160

/** Tells the story on a terminal. */
export function tellOn(out: NodeJS.WritableStream & { readonly isTTY?: boolean }): Teller {
  const style = (format: Parameters<typeof styleText>[0], text: string): string =>
    out.isTTY === true ? styleText(format, text, { validateStream: false }) : text
  const line = (text: string): void => void out.write(`${text}\n`)
  return {
    step: (title) => line(`\n${style('bold', title)}`),
    command: (text) => line(`  ${style('cyan', '$')} ${cut(text)}`),
    proof: (claim, seen) =>
      line(`    ${style('green', '✓')} ${claim}${seen === '' ? '' : style('dim', `  ${cut(seen)}`)}`),
  }
}

function cut(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n')
  const isCut = rest.length > 0 || first.length > MAX_LINE
  return isCut ? `${first.slice(0, MAX_LINE)}…` : first
}
