import { Buffer } from 'node:buffer'
import type { PluginPermissions } from '@pinion/plugin-sdk/manifest'
import { RuntimeError } from '../../errors.ts'
import { CHUNK_BYTES } from '../../limits.ts'
import type { AttemptCalls, AttemptMethod } from '../../runtime.ts'
import type { HostAttempt } from '../host-attempt.ts'
import { type CallInput, type HostCall, integerParam, optionalText, textParam } from './call.ts'
import { newUploadId } from './streams.ts'

type Permission = 'storage' | 'kv' | ('secrets' & keyof PluginPermissions)

const uploads = new WeakMap<HostAttempt, Map<string, Upload>>()
interface Upload {
  readonly name: string
  isOpen: boolean
}
const MAX_UPLOADS = 64

/** Capabilities that need the platform: the permission is checked here, the rest is the parent's. */
export const platformCalls = {
  'storage.stat': async (input) => {
    need(input.attempt, 'storage')
    const result = await pass(input, 'storage.stat', { uri: textParam(input.params, 'uri') })
    return { value: isRecord(result) ? result['sizeBytes'] : null }
  },
  'storage.read': async (input) => {
    need(input.attempt, 'storage')
    const result = await pass(input, 'storage.read', {
      uri: textParam(input.params, 'uri'),
      offset: integerParam(input.params, 'offset'),
      length: Math.min(integerParam(input.params, 'length'), CHUNK_BYTES),
    })
    const base64 = isRecord(result) ? result['base64'] : undefined
    if (typeof base64 !== 'string') throw new TypeError('The storage answered without data.')
    const bytes = new Uint8Array(Buffer.from(base64, 'base64'))
    input.attempt.bytesIn += bytes.byteLength
    return { bytes }
  },
  'storage.delete': async (input) => {
    need(input.attempt, 'storage')
    await pass(input, 'storage.delete', { uri: textParam(input.params, 'uri') })
    return { value: null }
  },
  'upload.open': async ({ attempt, params }) => {
    need(attempt, 'storage')
    const ofAttempt = uploads.get(attempt) ?? new Map<string, Upload>()
    if (ofAttempt.size >= MAX_UPLOADS) throw new RangeError(`${MAX_UPLOADS} uploads are under way already.`)
    const uploadId = newUploadId()
    uploads.set(attempt, ofAttempt.set(uploadId, { name: textParam(params, 'name'), isOpen: true }))
    return { value: uploadId }
  },
  'upload.write': async (input) => {
    const bytes = input.bytes ?? new Uint8Array()
    if (bytes.byteLength > CHUNK_BYTES) throw new RangeError(`A part may have ${CHUNK_BYTES} bytes.`)
    input.attempt.bytesOut += bytes.byteLength
    await writePart(
      input,
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
      false,
    )
    return { value: null }
  },
  'upload.close': async (input) => {
    const result = await writePart(input, '', true)
    uploads.get(input.attempt)?.delete(textParam(input.params, 'upload'))
    return { value: isRecord(result) ? result['uri'] : null }
  },
  'kv.get': async (input) => {
    need(input.attempt, 'kv')
    const result = await pass(input, 'kv.get', { ...kvPlace(input), key: textParam(input.params, 'key') })
    const json = isRecord(result) ? result['valueJson'] : undefined
    return typeof json === 'string' ? { json } : {}
  },
  'kv.set': async (input) => {
    need(input.attempt, 'kv')
    const ttlMs = input.params['ttlMs']
    await pass(input, 'kv.set', {
      ...kvPlace(input),
      key: textParam(input.params, 'key'),
      valueJson: textParam(input.params, 'valueJson'),
      ...(ttlMs === undefined ? {} : { ttlMs: integerParam(input.params, 'ttlMs') }),
    })
    return { value: null }
  },
  'kv.delete': async (input) => {
    need(input.attempt, 'kv')
    return {
      value: await pass(input, 'kv.delete', { ...kvPlace(input), key: textParam(input.params, 'key') }),
    }
  },
  'kv.keys': async (input) => {
    need(input.attempt, 'kv')
    const prefix = optionalText(input.params, 'prefix')
    return {
      value: await pass(input, 'kv.keys', { ...kvPlace(input), ...(prefix === undefined ? {} : { prefix }) }),
    }
  },
  'secret.get': async (input) => {
    need(input.attempt, 'secrets')
    return { value: await pass(input, 'secret.get', { name: textParam(input.params, 'name') }) }
  },
  render: async (input) => {
    const { variables } = input.params
    const template = textParam(input.params, 'template')
    return {
      value: await pass(input, 'render', isJsonObject(variables) ? { template, variables } : { template }),
    }
  },
} satisfies Record<string, HostCall>

function writePart(input: CallInput, base64: string, done: boolean): Promise<unknown> {
  const uploadId = textParam(input.params, 'upload')
  const upload = uploads.get(input.attempt)?.get(uploadId)
  if (upload === undefined || !upload.isOpen) throw new TypeError('The upload has ended.')
  if (done) upload.isOpen = false
  return pass(input, 'storage.write', { uploadId, name: upload.name, base64, done })
}

function need(attempt: HostAttempt, permission: Permission): void {
  const { bundle } = attempt
  if (bundle.permissions[permission] === true) return
  throw new RuntimeError(
    'PLUGIN_PERMISSION_DENIED',
    `${permission} is not granted to ${bundle.packageName}@${bundle.version}.`,
    { hint: `Grant the permission ${permission}, if the plugin should have it.` },
  )
}

async function pass<M extends AttemptMethod>(
  { attempt, pass: passOn, signal }: CallInput,
  method: M,
  params: AttemptCalls[M]['params'],
): Promise<unknown> {
  return JSON.parse(await passOn(attempt, method, params, signal))
}

function kvPlace({ params }: CallInput): { readonly namespace?: string } {
  const namespace = optionalText(params, 'namespace')
  return namespace === undefined ? {} : { namespace }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The parameters were parsed from JSON text, so that any object among them is one of JSON values. */
function isJsonObject(value: unknown): value is NonNullable<AttemptCalls['render']['params']['variables']> {
  return isRecord(value)
}
