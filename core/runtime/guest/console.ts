import { formatArguments } from './inspect.ts'

const [DEBUG, INFO, WARN, ERROR] = [1, 2, 3, 4]

/** `console` of https://console.spec.whatwg.org; everything goes to the running attempt's log. */
export function createConsole(log: (level: number, message: string) => void, now: () => number): object {
  let indent = ''
  const counts = new Map<string, number>()
  const timers = new Map<string, number>()
  const at =
    (level: number) =>
    (...args: unknown[]): void =>
      log(level, indent + formatArguments(args))
  const elapsed = (label: string): string =>
    `${label}: ${(now() - (timers.get(label) ?? now())).toFixed(3)} ms`
  return {
    debug: at(DEBUG),
    log: at(INFO),
    info: at(INFO),
    dir: (value: unknown) => at(INFO)(value),
    dirxml: at(INFO),
    table: (value: unknown) => at(INFO)(value),
    warn: at(WARN),
    error: at(ERROR),
    trace: (...args: unknown[]) => at(DEBUG)(`${formatArguments(args)}\n${new Error('trace').stack ?? ''}`),
    assert: (condition?: unknown, ...args: unknown[]) => {
      if (!condition) at(ERROR)('Assertion failed', ...args)
    },
    group: (...args: unknown[]) => {
      if (args.length > 0) at(INFO)(...args)
      if (indent.length < 40) indent += '  '
    },
    groupCollapsed: (...args: unknown[]) => {
      if (args.length > 0) at(INFO)(...args)
      if (indent.length < 40) indent += '  '
    },
    groupEnd: () => {
      indent = indent.slice(2)
    },
    clear: () => {},
    count: (label: unknown = 'default') => {
      const key = String(label)
      counts.set(key, (counts.get(key) ?? 0) + 1)
      at(INFO)(`${key}: ${counts.get(key)}`)
    },
    countReset: (label: unknown = 'default') => {
      counts.delete(String(label))
    },
    time: (label: unknown = 'default') => {
      timers.set(String(label), now())
    },
    timeLog: (label: unknown = 'default', ...args: unknown[]) => at(INFO)(elapsed(String(label)), ...args),
    timeEnd: (label: unknown = 'default') => {
      at(INFO)(elapsed(String(label)))
      timers.delete(String(label))
    },
  }
}
