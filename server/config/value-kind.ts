import { PluginError, parseDefaultVersion } from '@pinion/core/plugin'
import { SHOWN_VALUE_CHARACTERS } from '../limits.ts'

/** How one configuration value is written, and what it becomes. */
export interface ValueKind<T> {
  /** As shown in the docs, such as `duration` or `text`. */
  readonly name: string
  /** @returns the value, or the fault as a sentence with a way out. */
  parse(value: unknown): Parsed<T>
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }

const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value })
const fault = <T>(message: string): Parsed<T> => ({ ok: false, message })

export function show(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value))
  return text.length > SHOWN_VALUE_CHARACTERS ? `${text.slice(0, SHOWN_VALUE_CHARACTERS)}…` : text
}

export const text: ValueKind<string> = {
  name: 'text',
  parse: (value) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? parsed(String(value))
      : fault(`must be text, not ${show(value)}.`),
}

export const flag: ValueKind<boolean> = {
  name: 'true or false',
  parse: (value) => {
    if (typeof value === 'boolean') return parsed(value)
    if (value === 'true' || value === 'false') return parsed(value === 'true')
    return fault(`must be true or false, not ${show(value)}.`)
  },
}

export function integer(range: { readonly min: number; readonly max: number }): ValueKind<number> {
  return {
    name: `whole number from ${range.min} to ${range.max}`,
    parse: (value) => {
      const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value
      if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
        return fault(`must be a whole number, not ${show(value)}.`)
      }
      if (number < range.min || number > range.max) {
        return fault(`must be from ${range.min} to ${range.max}, not ${number}.`)
      }
      return parsed(number)
    },
  }
}

/** Any case; becomes the spelling listed. */
export function choice<const C extends string>(choices: readonly C[]): ValueKind<C> {
  return {
    name: choices.join(' | '),
    parse: (value) => {
      const found = choices.find((each) => each.toLowerCase() === String(value).toLowerCase())
      return found === undefined
        ? fault(`must be one of ${choices.join(', ')}, not ${show(value)}.`)
        : parsed(found)
    },
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const ISO_DURATION =
  /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i

/** `500ms`, `60s`, `5m`, `1h`, `7d` or ISO 8601 (`PT1M`); becomes milliseconds. A number without a unit is refused. */
export const duration: ValueKind<number> = {
  name: 'duration',
  parse: (value) => {
    const written = String(value).trim()
    const short = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(written)
    if (short) return parsed(Math.round(Number(short[1]) * UNIT_MS[short[2] ?? '']!))
    const iso = ISO_DURATION.exec(written)
    if (iso && written.length > 2 && !written.toUpperCase().endsWith('T')) {
      const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = iso
      return parsed(
        Math.round(
          Number(days) * 86_400_000 +
            Number(hours) * 3_600_000 +
            Number(minutes) * 60_000 +
            Number(seconds) * 1000,
        ),
      )
    }
    return /^\d+(\.\d+)?$/.test(written)
      ? fault(`needs a unit: write ${written}s for seconds or ${written}ms for milliseconds.`)
      : fault(`must be a duration such as 60s, 5m or PT1H, not ${show(value)}.`)
  },
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1024,
  kib: 1024,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1024 ** 3,
  gib: 1024 ** 3,
}

/** `512KB`, `10MB`, `2GB` (powers of 1,024, as the reference counts); becomes bytes. A number without a unit is refused. */
export const size: ValueKind<number> = {
  name: 'size',
  parse: (value) => {
    const written = String(value).trim()
    const found = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)$/i.exec(written)
    const unit = found && UNIT_BYTES[(found[2] ?? '').toLowerCase()]
    if (found && unit !== null && unit !== undefined) return parsed(Math.round(Number(found[1]) * unit))
    return /^\d+(\.\d+)?$/.test(written)
      ? fault(`needs a unit: write ${written}MB or ${written}KB.`)
      : fault(`must be a size such as 10MB, not ${show(value)}.`)
  },
}

/** An absolute http or https address. */
export const url: ValueKind<string> = {
  name: 'http(s) address',
  parse: (value) => {
    const written = String(value)
    if (!URL.canParse(written))
      return fault(`must be an address such as https://npm.example.com/, not ${show(value)}.`)
    const { protocol, username, password } = new URL(written)
    if (protocol !== 'http:' && protocol !== 'https:')
      return fault(`must start with http:// or https://, not ${show(protocol)}.`)
    if (username !== '' || password !== '')
      return fault('must not hold credentials: use the keys username and password.')
    return parsed(written)
  },
}

/** An AES key of 16, 24 or 32 bytes in Base64; empty means none. */
export const aesKey: ValueKind<string> = {
  name: 'AES key in base64',
  parse: (value) => {
    const written = String(value).trim()
    const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(written)
    if (written === '' || (isBase64 && [16, 24, 32].includes(Buffer.from(written, 'base64').length))) {
      return parsed(written)
    }
    // The value is a secret: the fault does not show it.
    return fault('must be 16, 24 or 32 bytes in Base64; `openssl rand -base64 32` makes such a key.')
  },
}

/** An IANA id such as `Europe/Berlin`; empty means none. */
export const timeZone: ValueKind<string> = {
  name: 'time zone',
  parse: (value) => {
    const written = String(value)
    try {
      if (written !== '') new Intl.DateTimeFormat('en', { timeZone: written })
      return parsed(written)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return fault(`must be a time zone such as UTC or Europe/Berlin, not ${show(value)}.`)
    }
  },
}

/** A list, or one text with commas as it comes from the environment. */
export const textList: ValueKind<readonly string[]> = {
  name: 'list of texts',
  parse: (value) => {
    const items = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value
    if (!Array.isArray(items)) return fault(`must be a list, not ${show(value)}.`)
    const wrong = items.find((item) => typeof item !== 'string')
    if (wrong !== undefined) return fault(`must hold texts only, not ${show(wrong)}.`)
    return parsed(items.map(String).filter((item) => item !== ''))
  },
}

export const textMap: ValueKind<Readonly<Record<string, string>>> = {
  name: 'map of texts',
  parse: (value) => {
    if (!isPlainObject(value)) return fault(`must be a map, not ${show(value)}.`)
    const entries = Object.entries(value)
    const wrong = entries.find(([, item]) => typeof item !== 'string')
    if (wrong) return fault(`must hold texts only: "${wrong[0]}" is ${show(wrong[1])}.`)
    return parsed(Object.fromEntries(entries.map(([key, item]) => [key, String(item)])))
  },
}

/** A keyword in any case, or an exact version. */
export const defaultVersion: ValueKind<string> = {
  name: 'LATEST | CURRENT | OLDEST | NONE | version',
  parse: (value) => {
    try {
      return parsed(parseDefaultVersion(String(value)))
    } catch (error) {
      if (!(error instanceof PluginError)) throw error
      return fault(
        `must be LATEST, CURRENT, OLDEST, NONE or an exact version such as 1.2.0, not ${show(value)}.`,
      )
    }
  },
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
