import type { ScaffoldAnswers } from '../answers.ts'

/** A plain badge with the title's first letter, until the author draws a better one. */
export function pluginIcon({ title }: ScaffoldAnswers): string {
  const letter = /[\p{L}\p{N}]/u.exec(title)?.[0]?.toUpperCase() ?? 'P'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">
  <title>${escapeXml(title)}</title>
  <rect x="2" y="2" width="20" height="20" rx="5" fill="#4c51bf" />
  <text x="12" y="16.5" font-family="sans-serif" font-size="13" font-weight="bold" text-anchor="middle" fill="#ffffff">${letter}</text>
</svg>
`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
