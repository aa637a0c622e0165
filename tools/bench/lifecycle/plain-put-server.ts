/** A floor: takes a body by PUT, writes it durably to the folder that is named, and answers 201. Nothing is checked. */
import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const folder = process.argv[2] ?? '.'
const server = createServer(async (request, response) => {
  const file = await open(join(folder, randomUUID()), 'wx')
  for await (const chunk of request) await file.write(chunk)
  await file.sync()
  await file.close()
  response.writeHead(201).end()
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ port })
})
