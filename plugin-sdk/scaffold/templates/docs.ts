import type { ScaffoldAnswers } from '../answers.ts'

export function readme({ name, title, group, description, registryUrl }: ScaffoldAnswers): string {
  return `# ${title}

${description}

A plugin for Pinion. Its types begin with \`${group}\`.

## Work on it

\`\`\`sh
npm login --registry ${registryUrl}
npm install
npm test           # builds, then runs unit and flow tests; no server is needed
npm run build      # writes dist/: bundle, source map, manifest
pinion plugin dev  # watches this folder: what you save is what the server runs next
\`\`\`

## Where things are

- \`src/Name.ts\` and \`src/Name.schema.yaml\`: a type; its code, and its properties, outputs, docs and examples.
- \`src/Name.gen.ts\`: TypeScript types made from the schema; \`npm run types\` writes them anew.
- \`icons/\`: \`plugin-icon.svg\`, and one icon per subgroup, named after its id.
- \`docs/index.md\`, \`docs/guides/\`: pages shown with the plugin.
- \`package.json\`, field \`pinion\`: group, title, and what the code may use (\`permissions\`).

A folder below \`src\` is a subgroup: \`src/text/Reverse.ts\` is the type \`${group}.text.Reverse\`. All types are in subgroups, or none.

## Publish it

\`\`\`sh
npm version minor
npm publish
\`\`\`

A published version cannot be changed. Flows pin one with \`version:\`; \`npm view ${name} versions\` lists them.
`
}

export function docsPage({ title, description, group }: ScaffoldAnswers): string {
  return `${description}

## Use ${title} in a flow

\`\`\`yaml
tasks:
  - id: reverse
    type: ${group}.Reverse
    text: "Hello from {{ flow.id }}"
\`\`\`
`
}
