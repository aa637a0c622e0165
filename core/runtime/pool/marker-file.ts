import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, openSync, readSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeMarker, MARKER_BYTES, type Marker } from '../protocol/marker.ts'

/** Memory-backed, where there is such a place: the marker is written twice for every step of a plugin. */
const MARKER_DIR = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** The parent's end of a host's marker. The file has no name any more: it goes when both have closed it. */
export class MarkerFile {
  readonly fd: number
  readonly #words = new Uint32Array(MARKER_BYTES / Uint32Array.BYTES_PER_ELEMENT)

  constructor() {
    const path = join(MARKER_DIR, `pinion-marker-${randomUUID()}`)
    this.fd = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
  }

  read(): Marker {
    readSync(this.fd, this.#words, 0, MARKER_BYTES, 0)
    return decodeMarker(this.#words)
  }

  close(): void {
    closeSync(this.fd)
  }
}
