import { expect, test } from 'vitest'
import { fileNameOf } from './file-name.ts'

test.each([
  [null, 'http://x/a/orders.csv?x=1', 'orders.csv'],
  [null, 'http://x/', 'download'],
  [null, 'http://x/a%20b.txt', 'a b.txt'],
  [null, 'http://x/%2e%2e%2fetc%2fpasswd', 'passwd'],
  ['attachment', 'http://x/y.txt', 'y.txt'],
  ['attachment; filename=plain.txt', 'http://x/y', 'plain.txt'],
  ['attachment; filename="a \\"b\\".txt"', 'http://x/y', 'a b.txt'],
  ['attachment; filename="old.txt"; filename*=UTF-8\'\'%e2%82%ac.txt', 'http://x/y', '€.txt'],
  ['attachment; filename="..\\\\..\\\\win.ini"', 'http://x/y', 'win.ini'],
  ['attachment; filename="/etc/passwd"', 'http://x/y', 'passwd'],
  ['attachment; filename=".."', 'http://x/y.txt', 'y.txt'],
  ['attachment; filename="a\u0000b"', 'http://x/y', 'ab'],
] as const)('the header %j and the address %j give the name %j', (header, address, name) => {
  expect(fileNameOf(header, address)).toBe(name)
})

test('a long name keeps its end, where the extension is', () => {
  expect(fileNameOf(`attachment; filename="${'a'.repeat(500)}.csv"`, 'http://x/')).toMatch(/^a{196}\.csv$/)
})
