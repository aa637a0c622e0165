import type { ScaffoldAnswers } from '../answers.ts'

/** Tests on every push; publishes when a version is tagged. */
export function ciWorkflow({ registryUrl }: ScaffoldAnswers): Readonly<Record<string, string>> {
  return {
    '.github/workflows/ci.yaml': `name: CI

on:
  push:
    branches: [main]
    tags: ["v*"]
  pull_request:

# A token of the platform, kept as a secret of this repository: the SDK comes from its registry.
env:
  NODE_AUTH_TOKEN: \${{ secrets.PINION_TOKEN }}

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
          registry-url: ${registryUrl}
          # Of this scope only: everything else comes from the public registry.
          scope: "@pinion"
      - run: npm ci
      - run: npm test

  publish:
    needs: test
    if: startsWith(github.ref, 'refs/tags/v')
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
          registry-url: ${registryUrl}
          # Of this scope only: everything else comes from the public registry.
          scope: "@pinion"
      - run: npm ci
      - run: npm publish
`,
  }
}
