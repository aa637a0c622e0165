import { join } from 'node:path'
import { ServerError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { BodyReader } from './body-reader.ts'
import { parseJsonBody } from './json-body.ts'
import { mediaTypeOf } from './media-type.ts'
import { readMultipart, type UploadedFile, writeFile } from './multipart.ts'
import { checkDeclared, readBounded } from './read-bounded.ts'

/** The inputs of an execution as they came: text fields of a form, or members of a JSON object. */
export interface FormInputs {
  readonly fields: JsonObject
  readonly files: readonly UploadedFile[]
}

/** Multipart, a JSON object, a URL-encoded form, or nothing at all. */
export const formBody: BodyReader<FormInputs> = {
  mediaTypes: ['multipart/form-data', 'application/json'],
  isRequired: false,
  read: async (incoming) => {
    const type = mediaTypeOf(incoming.request)
    if (type === 'multipart/form-data') {
      const { fields, files } = await readMultipart(incoming, incoming.limits.formBytes)
      return { fields: Object.fromEntries(fields), files }
    }
    const bytes = await readBounded(incoming.request, incoming.limits.textBytes)
    if (bytes.length === 0) return { fields: {}, files: [] }
    if (type === 'application/x-www-form-urlencoded') {
      return { fields: Object.fromEntries(new URLSearchParams(bytes.toString('utf8'))), files: [] }
    }
    const body = parseJsonBody(bytes)
    if (!isJsonObject(body))
      throw new ServerError('HTTP_BODY_INVALID', 'The body must be a JSON object: one member for each input.')
    return { fields: body, files: [] }
  },
}

/** One file: the part `file` of a multipart body, or the whole body. */
export const uploadBody: BodyReader<{
  readonly file: UploadedFile
  readonly fields: ReadonlyMap<string, string>
}> = {
  mediaTypes: ['multipart/form-data', 'application/octet-stream'],
  isRequired: true,
  read: async (incoming) => {
    const maxBytes = incoming.limits.uploadBytes
    if (mediaTypeOf(incoming.request) === 'multipart/form-data') {
      const { fields, files } = await readMultipart(incoming, maxBytes)
      const [file, ...others] = files
      if (file !== undefined && others.length === 0) return { file, fields }
      throw new ServerError('HTTP_BODY_INVALID', `The form must hold one file; it holds ${files.length}.`, {
        hint: 'curl -F file=@package.tgz',
      })
    }
    checkDeclared(incoming.request, maxBytes)
    const path = join(await incoming.scratchDir(), 'body')
    const sizeBytes = await writeFile(incoming.request, path, maxBytes)
    if (sizeBytes === 0) throw new ServerError('HTTP_BODY_INVALID', 'The body is empty; it must be a file.')
    return { file: { part: '', fileName: '', path, sizeBytes }, fields: new Map() }
  },
}
