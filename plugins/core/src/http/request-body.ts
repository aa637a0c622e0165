import type { JsonValue, TaskStorage } from '@pinion/plugin-sdk'
import type { Properties } from './Request.gen.ts'

type FormFields = NonNullable<Properties['formData']>
type Field = FormFields[string]

export interface RequestBody {
  readonly content: string | FormData
  /** Absent where fetch knows better: a multipart form's type names its boundary. */
  readonly contentType?: string
}

/** What is sent: the form if there is one, else the body, else nothing. */
export async function requestBody(
  { body, formData, contentType }: Pick<Properties, 'body' | 'formData' | 'contentType'>,
  storage: TaskStorage,
): Promise<RequestBody | undefined> {
  if (formData !== undefined) return await formBody(formData, contentType, storage)
  if (body === undefined) return undefined
  if (typeof body === 'object' && body !== null) {
    return { content: JSON.stringify(body), contentType: contentType ?? 'application/json' }
  }
  return { content: String(body), ...(contentType === undefined ? {} : { contentType }) }
}

async function formBody(
  fields: FormFields,
  contentType: string | undefined,
  storage: TaskStorage,
): Promise<RequestBody> {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase()
  if (mediaType === 'multipart/form-data') {
    const form = new FormData()
    for (const [name, field] of Object.entries(fields)) await append(form, name, field, storage)
    return { content: form }
  }
  if (mediaType === 'application/json') {
    const values: Record<string, JsonValue> = Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [
        name,
        typeof field === 'object' ? field.content : field,
      ]),
    )
    return { content: JSON.stringify(values), contentType: 'application/json' }
  }
  const form = new URLSearchParams()
  for (const [name, field] of Object.entries(fields)) form.append(name, textOf(field))
  return { content: form.toString(), contentType: contentType ?? 'application/x-www-form-urlencoded' }
}

async function append(form: FormData, name: string, field: Field, storage: TaskStorage): Promise<void> {
  const content = textOf(field)
  const isStored = content.startsWith('kestra://')
  if (typeof field !== 'object' && !isStored) {
    form.append(name, content)
    return
  }
  const bytes = isStored ? await storage.bytes(content) : new TextEncoder().encode(content)
  const fileName = typeof field === 'object' ? field.name : (content.split('/').at(-1) ?? name)
  const type = typeof field === 'object' ? field.contentType : undefined
  form.append(name, new Blob([new Uint8Array(bytes)], type === undefined ? {} : { type }), fileName)
}

function textOf(field: Field): string {
  return typeof field === 'object' ? field.content : String(field)
}
