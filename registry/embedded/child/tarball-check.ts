import { RegistryError } from '../../errors.ts'
import { objectOrEmpty } from '../../json-value.ts'
import { MAX_PACKAGE_JSON_BYTES } from '../../limits.ts'
import { openTarball } from '../../tarball/open-tarball.ts'
import { Refusal } from './refusal.ts'

/**
 * Opens a tarball safely and compares its package.json with what is being published.
 *
 * @throws Refusal 400 naming the entry or the contradiction
 */
export async function checkTarball(path: string, name: string, version: string): Promise<void> {
  const packageJson = parse(await readPackageJson(path))
  const problems = [
    ...(packageJson['name'] === name
      ? []
      : [`The tarball's package.json names ${JSON.stringify(packageJson['name'])}, the publish "${name}".`]),
    ...(packageJson['version'] === version
      ? []
      : [
          `The tarball's package.json has the version ${JSON.stringify(packageJson['version'])}, the publish ${version}.`,
        ]),
  ]
  if (problems.length > 0) throw new Refusal(400, 'TARBALL_CONTRADICTS_PUBLISH', problems.join(' '))
}

async function readPackageJson(path: string): Promise<Buffer | undefined> {
  try {
    const wanted = (file: string) => (file === 'package.json' ? MAX_PACKAGE_JSON_BYTES : undefined)
    return (await openTarball(path, { wanted })).files.get('package.json')
  } catch (error) {
    if (error instanceof RegistryError) throw new Refusal(400, error.code, error.message)
    throw error
  }
}

function parse(content: Buffer | undefined): Readonly<Record<string, unknown>> {
  if (content === undefined) {
    throw new Refusal(400, 'TARBALL_WITHOUT_PACKAGE_JSON', 'The tarball has no package.json.')
  }
  try {
    return objectOrEmpty(JSON.parse(content.toString('utf8').replace(/^\uFEFF/, '')))
  } catch {
    throw new Refusal(400, 'TARBALL_WITHOUT_PACKAGE_JSON', "The tarball's package.json is not valid JSON.")
  }
}
