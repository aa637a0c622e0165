/** Lets the changes of one package happen one after the other; other packages are not held up. */
export class PackageLocks {
  readonly #tails = new Map<string, Promise<void>>()

  async hold<T>(packageName: string, change: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(packageName) ?? Promise.resolve()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    this.#tails.set(packageName, released)
    await before
    try {
      return await change()
    } finally {
      release()
      if (this.#tails.get(packageName) === released) this.#tails.delete(packageName)
    }
  }
}
