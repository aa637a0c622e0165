/** A namespace and those above it, nearest first: `a.b.c` gives `a.b.c`, `a.b`, `a`. */
export function ancestorsOf(namespace: string): readonly string[] {
  const found = [namespace]
  for (let end = namespace.lastIndexOf('.'); end > 0; end = namespace.lastIndexOf('.', end - 1)) {
    found.push(namespace.slice(0, end))
  }
  return found
}
