import type { TemplatePlace } from '../errors.ts'

const PIECE_LENGTH = 60

/** Line, column and piece of `text` for a span of it. Only called for faults, so nothing is kept while parsing. */
export function placeAt(text: string, start: number, end: number): TemplatePlace {
  const offset = Math.min(start, text.length)
  let line = 1
  let lineStart = 0
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) {
    line++
    lineStart = next + 1
  }
  const length = Math.max(0, Math.min(end, text.length) - offset)
  return {
    line,
    column: offset - lineStart + 1,
    offset,
    length,
    piece: pieceAround(text, offset, offset + length),
  }
}

/** The faulty span itself, or a little of what stands before it when the fault is at the end. */
function pieceAround(text: string, start: number, end: number): string {
  const from = end > start ? start : Math.max(0, start - 20)
  const piece = text
    .slice(from, Math.max(end, from + 1))
    .replace(/\s+/g, ' ')
    .trim()
  if (piece === '') return 'end of the text'
  return piece.length > PIECE_LENGTH ? `${piece.slice(0, PIECE_LENGTH)}…` : piece
}
