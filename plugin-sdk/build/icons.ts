import type { BuildFault } from '../errors.ts'
import { MAX_ICON_BYTES } from '../limits.ts'
import type { ProjectFile } from './project-files.ts'

/** Icons are shown inside the web page, so nothing in them may run or load anything. */
const FORBIDDEN = [
  { pattern: /<\s*(?:\w+:)?script\b/i, what: 'a script' },
  { pattern: /<\s*(?:\w+:)?foreignObject\b/i, what: 'a foreignObject' },
  { pattern: /\son\w+\s*=/i, what: 'an event handler' },
  { pattern: /javascript:/i, what: 'a javascript: link' },
  { pattern: /<!(?:DOCTYPE|ENTITY)/i, what: 'a document type' },
  {
    pattern: /(?:href|src)\s*=\s*["']?\s*(?!#|data:image\/(?:png|jpeg|webp);)[^\s"'>]/i,
    what: 'a link to another file',
  },
  { pattern: /(?:url\(\s*["']?\s*(?!#)|@import)/i, what: 'a stylesheet that loads another file' },
] as const

/** Checks one SVG icon. */
export function checkIcon(file: ProjectFile): readonly BuildFault[] {
  const refuse = (message: string, hint: string, index = 0): BuildFault => ({
    code: 'BUILD_ICON_INVALID',
    message,
    hint,
    file: file.path,
    ...positionIn(file.text, index),
  })
  if (file.sizeBytes > MAX_ICON_BYTES) {
    return [
      refuse(
        `The icon is over ${MAX_ICON_BYTES / 1024} KiB.`,
        'Simplify the drawing; svgo shrinks most icons.',
      ),
    ]
  }
  if (
    !/^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*)*<svg[\s>]/.test(file.text) ||
    !/<\/svg>\s*$|\/>\s*$/.test(file.text)
  ) {
    return [refuse('The icon is not an SVG drawing.', 'Save it as SVG: its first element must be <svg>.')]
  }
  return FORBIDDEN.flatMap(({ pattern, what }) => {
    const match = pattern.exec(file.text)
    return match
      ? [refuse(`The icon holds ${what}.`, 'Remove it: icons are plain drawings.', match.index)]
      : []
  })
}

function positionIn(text: string, index: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, index).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
