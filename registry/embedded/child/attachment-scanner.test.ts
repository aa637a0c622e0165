import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AttachmentScanner } from './attachment-scanner.ts'

function scan(body: Buffer, chunkBytes: number) {
  const scanner = new AttachmentScanner()
  const json: Buffer[] = []
  const data: Buffer[] = []
  for (let from = 0; from < body.length; from += chunkBytes) {
    for (const part of scanner.scan(body.subarray(from, from + chunkBytes))) {
      ;(part.type === 'json' ? json : data).push(part.bytes)
    }
  }
  return {
    json: JSON.parse(Buffer.concat(json).toString()),
    data: Buffer.concat(data),
    attachments: scanner.attachments,
  }
}

const chunkBytes = fc.integer({ min: 1, max: 50 })

test('takes the tarball out and leaves the rest as it was, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.jsonValue({ maxDepth: 5 }),
      fc.string(),
      chunkBytes,
      (bytes, rest, name, size) => {
        const attachment = {
          content_type: 'x',
          data: Buffer.from(bytes).toString('base64'),
          length: bytes.length,
        }
        const body = { before: rest, _attachments: { [name]: attachment }, after: rest }
        // A key like __proto__ is no own property of an object literal, but it is one of parsed JSON.
        const scanned = scan(Buffer.from(JSON.stringify(body)), size)
        expect(scanned.attachments).toBe(1)
        expect(scanned.data.equals(bytes)).toBe(true)
        const expected = JSON.parse(
          JSON.stringify({ ...body, _attachments: { [name]: { ...attachment, data: '' } } }),
        )
        expect(scanned.json).toEqual(expected)
      },
    ),
  )
})

test('takes nothing out of a document without an attachment', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), chunkBytes, (value, size) => {
      const scanned = scan(
        Buffer.from(JSON.stringify({ value, data: 'AAAA', a: { b: { data: 'AAAA' } } })),
        size,
      )
      expect(scanned.attachments).toBe(0)
      expect(scanned.json.value).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('understands slashes that are escaped', () => {
  const body = Buffer.from('{"_attachments":{"a.tgz":{"data":"\\/\\/\\/\\/+A=="}}}')
  for (const size of [1, 2, 3, 7, 1_000]) {
    expect(scan(body, size).data.equals(Buffer.from('////+A==', 'base64'))).toBe(true)
  }
})

test.each(['{"_attachments":{"a":{"data":"AA*A"}}}', `${'['.repeat(100)}`])('refuses %s', (body) => {
  expect(() => scan(Buffer.from(body), 5)).toThrow(/base64|nested/)
})
