import { RuntimeError, type RuntimeErrorCode, runtimeFault } from '../errors.ts'
import { MAX_ERROR_CHARS, MAX_STACK_CHARS } from '../limits.ts'
import type { GuestFault } from '../protocol/guest.ts'
import type { HostBundle, Outcome } from '../protocol/messages.ts'
import type { SourcePositions } from './source-positions.ts'

const HINT_CPU =
  'Split the work, or give way now and then with `await context.sleep(0)`; the limit is the attempt’s cpuSliceMs.'

/** Puts what happened inside an isolate into the words of the protocol. */
export class Outcomes {
  readonly #positions: SourcePositions

  constructor(positions: SourcePositions) {
    this.#positions = positions
  }

  /** @param json - a `GuestFault`, or anything: plugin code may have made it up */
  fromFault(json: string, bundle: HostBundle): Outcome {
    const fault = readFault(json)
    const { stack, at } = this.#positions.map(fault.stack, bundle.sourceMapPath)
    const code = CODES.get(fault.reason ?? '') ?? 'PLUGIN_THREW'
    const plain = fault.name === 'Error' || fault.name === 'TaskError'
    const causes = fault.causes.map((cause) => ` (cause: ${cause})`).join('')
    const message = `${plain ? fault.message : `${fault.name}: ${fault.message}`}${causes}`
    return {
      status: 'FAILED',
      error: runtimeFault(code, message, at === undefined ? {} : { at }),
      retryable: fault.retryable ?? code === 'PLUGIN_THREW',
      ...(stack === '' ? {} : { stack }),
      ...(fault.outputsJson === undefined ? {} : { outputsJson: fault.outputsJson }),
    }
  }

  cpuLimit(stack: string, bundle: HostBundle, sliceMs: number): Outcome {
    const mapped = this.#positions.map(stack, bundle.sourceMapPath)
    const name = `${bundle.packageName}@${bundle.version}`
    return {
      status: 'FAILED',
      error: runtimeFault('PLUGIN_CPU_LIMIT', `${name} held its thread for more than ${sliceMs} ms.`, {
        hint: HINT_CPU,
        ...(mapped.at === undefined ? {} : { at: mapped.at }),
      }),
      retryable: false,
      stack: mapped.stack,
    }
  }

  outOfMemory(bundle: HostBundle, heapBytes: number): Outcome {
    return {
      status: 'FAILED',
      error: runtimeFault(
        'PLUGIN_OUT_OF_MEMORY',
        `${bundle.packageName}@${bundle.version} needed more than the ${Math.round(heapBytes / 1024 / 1024)} MB of heap that an isolate has.`,
        { hint: 'Work on the data piece by piece, or raise the isolate heap in the configuration.' },
      ),
      retryable: false,
    }
  }

  outputTooLarge(sizeBytes: number, allowedBytes: number): Outcome {
    const message = `The outputs take ${sizeBytes} bytes of JSON; ${allowedBytes} are allowed.`
    return {
      status: 'FAILED',
      error: runtimeFault('PLUGIN_OUTPUT_TOO_LARGE', message, {
        hint: 'Store large data in the internal storage and return its URI.',
      }),
      retryable: false,
    }
  }

  fromError(error: unknown, bundle: HostBundle): Extract<Outcome, { status: 'FAILED' }> {
    const found =
      error instanceof RuntimeError
        ? error
        : new RuntimeError('PLUGIN_LOAD_FAILED', error instanceof Error ? error.message : String(error), {
            cause: error,
          })
    const causeStack = found.cause instanceof Error ? (found.cause.stack ?? '') : ''
    const { stack, at } = this.#positions.map(causeStack, bundle.sourceMapPath)
    return {
      status: 'FAILED',
      error: {
        code: found.code,
        message: found.message,
        ...(found.hint === undefined ? {} : { hint: found.hint }),
        ...(at === undefined ? {} : { at }),
      },
      retryable: found.traits.retryable,
      ...(stack === '' ? {} : { stack }),
    }
  }
}

const CODES: ReadonlyMap<string, RuntimeErrorCode> = new Map([
  ['output-invalid', 'PLUGIN_OUTPUT_INVALID'],
  ['output-too-large', 'PLUGIN_OUTPUT_TOO_LARGE'],
  ['type-missing', 'PLUGIN_TYPE_MISSING'],
  ['PLUGIN_PERMISSION_DENIED', 'PLUGIN_PERMISSION_DENIED'],
])

function readFault(json: string): GuestFault {
  const parsed = parseJson(json)
  const text = (name: string, limit: number): string => {
    const value = parsed[name]
    return typeof value === 'string' ? value.slice(0, limit) : ''
  }
  const reason = text('reason', 100)
  const causes = parsed['causes']
  const retryable = parsed['retryable']
  const outputsJson = parsed['outputsJson']
  return {
    name: text('name', 200) || 'Error',
    message: text('message', 2 * MAX_ERROR_CHARS) || 'The plugin failed without saying why.',
    stack: text('stack', 2 * MAX_STACK_CHARS),
    causes: Array.isArray(causes) ? causes.slice(0, 5).map((cause) => String(cause).slice(0, 1_100)) : [],
    ...(reason === '' ? {} : { reason }),
    ...(typeof retryable === 'boolean' ? { retryable } : {}),
    ...(typeof outputsJson === 'string' ? { outputsJson } : {}),
  }
}

function parseJson(json: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(json)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
