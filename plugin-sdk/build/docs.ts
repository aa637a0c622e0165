import type { BuildFault } from '../errors.ts'
import { MAX_DOCS_BYTES } from '../limits.ts'
import type { PluginManifest } from '../manifest/index.ts'
import type { ProjectFile } from './project-files.ts'

/** A guide's page: its first heading is its title, the file's name if it has none. */
export function readGuide(file: ProjectFile): PluginManifest['guides'][number] {
  const heading = /^#\s+(.+?)\s*#*\s*$/m.exec(file.text)?.[1]
  const name = file.path.slice(file.path.lastIndexOf('/') + 1, -'.md'.length)
  return { title: heading ?? titleOf(name), markdown: file.text }
}

/** Checks one Markdown page. */
export function checkPage(file: ProjectFile): readonly BuildFault[] {
  const refuse = (code: BuildFault['code'], message: string, hint: string): readonly BuildFault[] => [
    { code, message, hint, file: file.path, line: 1, column: 1 },
  ]
  if (file.sizeBytes > MAX_DOCS_BYTES) {
    return refuse(
      'BUILD_TOO_LARGE',
      `The page is over ${MAX_DOCS_BYTES / 1024} KiB.`,
      'Split it into guides.',
    )
  }
  if (file.text.trim() === '') {
    return refuse('BUILD_DOCS_INVALID', 'The page is empty.', 'Write it, or delete the file.')
  }
  return []
}

/** `getting-started` becomes `Getting started`. */
export function titleOf(name: string): string {
  const words = name.replace(/^\d+[-_.]/, '').replaceAll(/[-_]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
