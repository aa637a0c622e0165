const MASK = '****'

/**
 * The text with every occurrence of a secret replaced by `****`, longer secrets first, so that no end of one is left. Values
 * that were derived from a secret (a part of it, an encoding) are not recognised.
 *
 * @param secrets - what the service `onSecret` was told
 */
export function maskSecrets(text: string, secrets: Iterable<string>): string {
  const longestFirst = [...new Set(secrets)]
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length)
  return longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text)
}
