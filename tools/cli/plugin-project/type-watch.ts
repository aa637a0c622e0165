/** Runs a check after each change, one at a time: a change that comes during a check has it run once more. */
export class TypeWatch {
  readonly #check: () => Promise<void>
  #running: Promise<void> | undefined
  #isOutdated = false

  /** @param check - must not reject */
  constructor(check: () => Promise<void>) {
    this.#check = check
  }

  outdated(): void {
    this.#isOutdated = true
    this.#running ??= this.#run()
  }

  async settled(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#isOutdated) {
      this.#isOutdated = false
      await this.#check()
    }
    this.#running = undefined
  }
}
