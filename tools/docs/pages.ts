import { configurationPage } from '@pinion/server'
import { cliPage } from './cli-page.ts'
import { expressionsPage } from './expressions-page.ts'

/** A page that is made from code. */
export interface GeneratedPage {
  /** Below the repository's root. */
  readonly path: string
  readonly make: () => string
}

/** What `npm run docs` writes, and `pages.test.ts` compares. */
export const GENERATED_PAGES: readonly GeneratedPage[] = [
  { path: 'docs/cli.md', make: cliPage },
  { path: 'docs/configuration.md', make: configurationPage },
  { path: 'docs/expressions.md', make: expressionsPage },
]
