/** Characters. */
export const MAX_NAMESPACE_LENGTH = 150

/** Parts of letters, digits, `_` and `-`, joined by dots. As JSON Schema and `new RegExp` take it. */
export const NAMESPACE_PATTERN = '^[A-Za-z0-9][A-Za-z0-9_-]*(\\.[A-Za-z0-9][A-Za-z0-9_-]*)*$'

const NAME = new RegExp(NAMESPACE_PATTERN)

/** Whether a text can name a namespace. @see the reference's page on namespaces */
export function isNamespaceName(text: string): boolean {
  return text.length <= MAX_NAMESPACE_LENGTH && NAME.test(text)
}
