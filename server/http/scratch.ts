import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** A folder for the files of one request, made when it is needed and removed with the request. */
export class RequestScratch implements AsyncDisposable {
  readonly #parent: string
  #folder: Promise<string> | undefined

  constructor(parent: string) {
    this.#parent = parent
  }

  open(): Promise<string> {
    this.#folder ??= mkdir(this.#parent, { recursive: true, mode: 0o700 }).then(() =>
      mkdtemp(join(this.#parent, 'request-')),
    )
    return this.#folder
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true })
  }
}
