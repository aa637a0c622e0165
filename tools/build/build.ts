/** `npm run build`: makes everything that a start would otherwise make first. */
import { officialPackages } from '../official/official-packages.ts'

const { plugins, libraries } = await officialPackages((message) => process.stderr.write(`${message}\n`))
for (const file of [...plugins, ...libraries]) process.stdout.write(`${file}\n`)
