import { ExpressionError } from '../errors.ts'
import { booleanArgument, optionalText, textArgument } from '../reference/argument.ts'
import type { Call, FunctionDefinition, ParameterDefinition } from '../reference/definition.ts'
import { setOwn } from '../value/map.ts'
import { plainValue } from '../value/plain.ts'
import { textOf } from '../value/text.ts'
import { decryptText, encryptText } from './encryption.ts'
import { fileUri } from './file-uri.ts'
import { callService } from './service.ts'

const group = 'Data access'

const path: ParameterDefinition = {
  name: 'path',
  type: 'text',
  summary: 'A path of a namespace file, or a URI (kestra:///, nsfile:///, file:///).',
}
const uri: ParameterDefinition = { ...path, name: 'uri' }
const namespace: ParameterDefinition = {
  name: 'namespace',
  type: 'text',
  summary: 'Another namespace.',
  isOptional: true,
  default: "the flow's",
}
const encryptionKey: ParameterDefinition = {
  name: 'key',
  type: 'text',
  summary: 'The name of a key of the platform, or an AES key of 16, 24 or 32 bytes in Base64.',
}

export const DATA_ACCESS_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'secret',
    group,
    summary: 'The value of a secret. A secret that does not exist is an error. Logs show **** in its place.',
    parameters: [
      { name: 'key', type: 'text', summary: 'The name of the secret.' },
      namespace,
      { name: 'subkey', type: 'text', summary: 'A field of a structured secret.', isOptional: true },
    ],
    mayWait: true,
    examples: [{ template: '{{ secret("API_KEY") }}' }, { template: '{{ secret("api", subkey="TOKEN") }}' }],
    call: ([key, other, subkey], call) =>
      callService('secret', 'secret', call, (secret) =>
        secret(
          textArgument(key, 'key', call),
          optionalText(other, 'namespace', call),
          optionalText(subkey, 'subkey', call),
        ),
      ).then((value) => hidden(value, call)),
  },
  {
    name: 'credential',
    group,
    summary: 'A short-lived token of a managed credential.',
    parameters: [{ name: 'name', type: 'text', summary: 'The name of the credential.' }],
    mayWait: true,
    examples: [{ template: '{{ credential("my_oauth") }}' }],
    call: ([name], call) =>
      callService('credential', 'credential', call, (credential) =>
        credential(textArgument(name, 'name', call)),
      ).then((token) => hidden(token, call)),
  },
  {
    name: 'kv',
    group,
    summary: 'The value of a key in the key-value store.',
    parameters: [
      { name: 'key', type: 'text', summary: 'The key.' },
      namespace,
      {
        name: 'errorOnMissing',
        type: 'boolean',
        summary: 'Whether a missing key is an error; null otherwise.',
        isOptional: true,
        default: 'true',
      },
    ],
    mayWait: true,
    examples: [
      { template: '{{ kv("MY_KEY") }}' },
      { template: '{{ kv("MAYBE", errorOnMissing=false) ?? "none" }}' },
    ],
    call: kv,
  },
  {
    name: 'read',
    group,
    summary: 'The content of a file as text.',
    parameters: [path, namespace],
    mayWait: true,
    examples: [{ template: '{{ read("subdir/file.txt") }}' }, { template: '{{ read(outputs.task.uri) }}' }],
    call: ([file, other], call) =>
      callService('read', 'read', call, (read) =>
        read(fileUri(file, optionalText(other, 'namespace', call), call)),
      ),
  },
  {
    name: 'fileURI',
    group,
    summary: 'The URI of a namespace file, for properties that want one.',
    parameters: [path, namespace],
    examples: [{ template: '{{ fileURI("my_file.txt") }}', output: 'nsfile:///my_file.txt' }],
    call: ([file, other], call) => fileUri(file, optionalText(other, 'namespace', call), call),
  },
  {
    name: 'fileSize',
    group,
    summary: 'The size of a file in bytes.',
    parameters: [uri, namespace],
    mayWait: true,
    examples: [{ template: '{{ fileSize(outputs.download.uri) }}' }],
    call: sizeOfFile('fileSize', (size) => size),
  },
  {
    name: 'isFileEmpty',
    aliases: ['fileEmpty'],
    group,
    summary: 'Whether a file has no content.',
    parameters: [uri, namespace],
    mayWait: true,
    examples: [{ template: '{{ isFileEmpty(outputs.download.uri) }}' }],
    call: sizeOfFile('isFileEmpty', (size) => size === 0),
  },
  {
    name: 'fileExists',
    group,
    summary: 'Whether a file exists.',
    parameters: [uri, namespace],
    mayWait: true,
    examples: [{ template: '{{ fileExists(outputs.download.uri) }}' }],
    call: ([file, other], call) =>
      callService('fileExists', 'fileExists', call, (exists) =>
        exists(fileUri(file, optionalText(other, 'namespace', call), call)),
      ),
  },
  {
    name: 'http',
    group,
    summary:
      'The answer of an HTTP request; JSON arrives as lists and maps. Prefer a task for anything large or slow.',
    parameters: [
      { name: 'uri', type: 'text', summary: 'The address.' },
      { name: 'method', type: 'text', summary: 'The method.', isOptional: true, default: 'GET' },
      { name: 'query', type: 'map', summary: 'Parameters to add to the address.', isOptional: true },
      { name: 'body', type: 'any', summary: 'What to send.', isOptional: true },
      { name: 'contentType', type: 'text', summary: 'Media type of the body.', isOptional: true },
      { name: 'headers', type: 'map', summary: 'Headers to send.', isOptional: true },
      {
        name: 'options',
        type: 'map',
        summary: 'Time-outs and other options of the client.',
        isOptional: true,
      },
      { name: 'accept', type: 'text', summary: 'Media type wanted.', isOptional: true },
    ],
    mayWait: true,
    examples: [{ template: '{{ http(uri="https://example.org/items") | jq(".[].name") }}' }],
    call: http,
  },
  {
    name: 'encrypt',
    group,
    summary: 'Encrypts a text with AES-GCM; the result is Base64 of nonce, cipher text and tag.',
    parameters: [encryptionKey, { name: 'plaintext', type: 'text', summary: 'What to encrypt.' }],
    mayWait: true,
    examples: [{ template: '{{ encrypt("MY_KEY", inputs.text) }}' }],
    call: ([key, text], call) => {
      const plain = textOf(text, call)
      call.charge(plain.length)
      return withKey('encrypt', key, call, (bytes) => encryptText(bytes, plain, call.services))
    },
  },
  {
    name: 'decrypt',
    group,
    summary: 'Decrypts what encrypt made with the same key.',
    parameters: [encryptionKey, { name: 'encrypted', type: 'text', summary: 'What to decrypt.' }],
    mayWait: true,
    examples: [{ template: '{{ decrypt("MY_KEY", outputs.task.value) }}' }],
    call: ([key, text], call) => {
      const encrypted = textArgument(text, 'encrypted', call)
      call.charge(encrypted.length)
      return withKey('decrypt', key, call, (bytes) => hidden(decryptText(bytes, encrypted), call))
    },
  },
]

/** Reports a value that must not show up in logs. */
function hidden(value: string, call: Call): string {
  if (value !== '') call.services.onSecret?.(value)
  return value
}

async function kv([key, other, errorOnMissing]: readonly unknown[], call: Call): Promise<unknown> {
  const name = textArgument(key, 'key', call)
  const owner = optionalText(other, 'namespace', call)
  const value = await callService('kv', 'kv', call, (read) => read(name, owner))
  if (value !== undefined) return value
  if (!booleanArgument(errorOnMissing, true)) return null
  throw new ExpressionError('EXPRESSION_VALUE', `There is no key "${name}" in the key-value store.`, {
    hint: `Set it, or write kv("${name}", errorOnMissing=false) to get null.`,
  })
}

function sizeOfFile(name: string, answer: (size: number) => unknown): FunctionDefinition['call'] {
  return ([file, other], call) =>
    callService(name, 'fileSize', call, (fileSize) =>
      fileSize(fileUri(file, optionalText(other, 'namespace', call), call)),
    ).then(answer)
}

const HTTP_ARGUMENTS = ['uri', 'method', 'query', 'body', 'contentType', 'headers', 'options', 'accept']

function http(args: readonly unknown[], call: Call): Promise<unknown> {
  const request: Record<string, unknown> = {}
  for (const [index, name] of HTTP_ARGUMENTS.entries()) {
    const value = args[index]
    if (value !== undefined && value !== null) setOwn(request, name, plainValue(value, call))
  }
  request['uri'] = textArgument(args[0], 'uri', call)
  return callService('http', 'http', call, (send) => send(request))
}

function withKey(
  functionName: 'encrypt' | 'decrypt',
  key: unknown,
  call: Call,
  use: (key: string) => string,
): string | Promise<string> {
  const name = textArgument(key, 'key', call)
  if (isAesKey(name)) return use(name)
  if (call.services.encryptionKey === undefined) {
    throw new ExpressionError(
      'EXPRESSION_UNAVAILABLE',
      `${functionName}() knows no key "${name.slice(0, 40)}".`,
      {
        hint: 'Give an AES key of 16, 24 or 32 bytes in Base64, or the name of a key where the platform has one.',
      },
    )
  }
  return callService(functionName, 'encryptionKey', call, (resolve) => resolve(name)).then(use)
}

function isAesKey(text: string): boolean {
  return /^(?:[A-Za-z0-9+/_-]{22}(?:==)?|[A-Za-z0-9+/_-]{32}|[A-Za-z0-9+/_-]{43}=?)$/.test(text)
}
