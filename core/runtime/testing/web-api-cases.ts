export interface WebApiCase {
  readonly name: string
  /** Body of an asynchronous function. */
  readonly code: string
  readonly gives: unknown
}

const ECDSA = `{ name: 'ECDSA', namedCurve: 'P-256' }`

/** Small programs with what a browser answers to them. */
export const WEB_API_CASES: readonly WebApiCase[] = [
  {
    name: 'URL parses, resolves and changes',
    code: `const url = new URL('../b?x=1&y=ä#h', 'https://user@EXAMPLE.com:8443/a/c'); url.searchParams.append('z', 'a b'); url.port = '443'; return { href: url.href, origin: url.origin, can: URL.canParse('nope'), parsed: URL.parse('nope') }`,
    gives: {
      href: 'https://user@example.com/b?x=1&y=%C3%A4&z=a+b#h',
      origin: 'https://example.com',
      can: false,
      parsed: null,
    },
  },
  {
    name: 'URLSearchParams follows its URL',
    code: `const url = new URL('http://a/?q=1'); const params = url.searchParams; url.search = '?r=2'; const seen = params.get('r'); params.delete('r'); return { seen, href: url.href, bad: new URLSearchParams('a=%FF%zz').get('a') }`,
    gives: { seen: '2', href: 'http://a/', bad: '\ufffd%zz' },
  },
  {
    name: 'URLPattern matches groups',
    code: `return { id: new URLPattern({ pathname: '/users/:id' }).exec('https://a/users/7').pathname.groups.id }`,
    gives: { id: '7' },
  },
  {
    name: 'text is encoded and decoded, also in pieces',
    code: `const bytes = new TextEncoder().encode('grüße 👍'); const decoder = new TextDecoder(); let text = ''; for (const byte of bytes) text += decoder.decode(new Uint8Array([byte]), { stream: true }); text += decoder.decode(); let fatal = ''; try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255])) } catch (error) { fatal = error.name } return { text, length: bytes.length, latin: new TextDecoder('latin1').encoding, fatal, into: new TextEncoder().encodeInto('äb', new Uint8Array(2)) }`,
    gives: {
      text: 'grüße 👍',
      length: 12,
      latin: 'windows-1252',
      fatal: 'TypeError',
      into: { read: 1, written: 2 },
    },
  },
  {
    name: 'base64 goes both ways',
    code: `let bad = ''; try { atob('a') } catch (error) { bad = error.name } return { b: btoa('hällo'), a: atob('aMRsbG8='), round: [...Array(256).keys()].every((code) => atob(btoa(String.fromCharCode(code))) === String.fromCharCode(code)), bad }`,
    gives: { b: 'aORsbG8=', a: 'hÄllo', round: true, bad: 'InvalidCharacterError' },
  },
  {
    name: 'events reach their listeners once, in order, until stopped',
    code: `const seen = []; const target = new EventTarget(); target.addEventListener('x', () => seen.push('a'), { once: true }); target.addEventListener('x', { handleEvent: (event) => { seen.push(event.type); event.preventDefault() } }); const first = target.dispatchEvent(new Event('x', { cancelable: true })); target.dispatchEvent(new CustomEvent('x', { detail: 1 })); return { seen, first }`,
    gives: { seen: ['a', 'x', 'x'], first: false },
  },
  {
    name: 'abort signals carry reasons, join and time out',
    code: `const controller = new AbortController(); const any = AbortSignal.any([controller.signal, AbortSignal.timeout(60000)]); controller.abort(new Error('why')); const timed = AbortSignal.timeout(5); await new Promise((resolve) => timed.addEventListener('abort', resolve)); let illegal = ''; try { new AbortSignal() } catch (error) { illegal = error.name } return { reason: any.reason.message, timed: timed.reason.name, plain: AbortSignal.abort().reason.name, illegal, instance: controller.signal instanceof AbortSignal }`,
    gives: {
      reason: 'why',
      timed: 'TimeoutError',
      plain: 'AbortError',
      illegal: 'TypeError',
      instance: true,
    },
  },
  {
    name: 'timers fire in order, repeat and can be cleared',
    code: `const seen = []; const cleared = setTimeout(() => seen.push('never'), 5); clearTimeout(cleared); await new Promise((resolve) => { let count = 0; const interval = setInterval(() => { seen.push('tick'); if (++count === 2) { clearInterval(interval); resolve() } }, 2) }); await new Promise((resolve) => setTimeout((value) => { seen.push(value); resolve() }, 3, 'arg')); setImmediate(() => seen.push('immediate')); queueMicrotask(() => seen.push('micro')); await new Promise((resolve) => setTimeout(resolve, 10)); return { seen }`,
    gives: { seen: ['tick', 'tick', 'arg', 'micro', 'immediate'] },
  },
  {
    name: 'structuredClone copies what can be cloned and refuses the rest',
    code: `const source = { map: new Map([[1, new Date(0)]]), set: new Set([1n]), bytes: new Uint8Array([1, 2]) }; source.self = source; const copy = structuredClone(source); let name = ''; try { structuredClone(() => {}) } catch (error) { name = error.name } return { same: copy === source, self: copy.self === copy, date: copy.map.get(1).toISOString(), big: copy.set.has(1n), bytes: [...copy.bytes], name }`,
    gives: {
      same: false,
      self: true,
      date: '1970-01-01T00:00:00.000Z',
      big: true,
      bytes: [1, 2],
      name: 'DataCloneError',
    },
  },
  {
    name: 'streams pipe, tee and transform',
    code: `const source = new ReadableStream({ start(controller) { for (const part of ['a', 'b', 'ü']) controller.enqueue(part); controller.close() } }); const upper = new TransformStream({ transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()) }); const [left, right] = source.pipeThrough(upper).pipeThrough(new TextEncoderStream()).tee(); const text = await new Response(left).text(); let bytes = 0; for await (const chunk of right) bytes += chunk.length; return { text, bytes }`,
    gives: { text: 'ABÜ', bytes: 4 },
  },
  {
    name: 'what is compressed can be decompressed',
    code: `const long = 'pinion '.repeat(50000); const results = {}; for (const format of ['gzip', 'deflate', 'deflate-raw']) { const packed = await new Response(new Blob([long]).stream().pipeThrough(new CompressionStream(format))).bytes(); const back = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream(format))).text(); results[format] = back === long && packed.length < 5000 } return results`,
    gives: { gzip: true, deflate: true, 'deflate-raw': true },
  },
  {
    name: 'broken compressed data is an error',
    code: `try { await new Response(new Blob(['nonsense']).stream().pipeThrough(new DecompressionStream('gzip'))).text() } catch (error) { return { failed: true } } return { failed: false }`,
    gives: { failed: true },
  },
  {
    name: 'headers are case-insensitive, sorted and joined',
    code: `const headers = new Headers({ 'X-B': '1', accept: ' a ' }); headers.append('x-b', '2'); headers.append('Set-Cookie', 'a=1'); headers.append('Set-Cookie', 'b=2'); let bad = ''; try { headers.set('x', 'a\\nb') } catch (error) { bad = error.name } return { all: [...headers], cookies: headers.getSetCookie(), bad }`,
    gives: {
      all: [
        ['accept', 'a'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-b', '1, 2'],
      ],
      cookies: ['a=1', 'b=2'],
      bad: 'TypeError',
    },
  },
  {
    name: 'forms survive multipart encoding',
    code: `const form = new FormData(); form.append('text', 'a\\nb'); form.append('file', new Blob(['content'], { type: 'text/csv' }), 'ä"b.csv'); const response = new Response(form); const back = await response.formData(); const file = back.get('file'); return { text: back.get('text'), name: file.name, type: file.type, content: await file.text() }`,
    gives: { text: 'a\r\nb', name: 'ä"b.csv', type: 'text/csv', content: 'content' },
  },
  {
    name: 'bodies are read once, and clones are independent',
    code: `const response = Response.json({ a: 1 }); const copy = response.clone(); const first = await response.json(); let again = ''; try { await response.text() } catch (error) { again = error.name } const request = new Request('http://a/', { method: 'post', body: new URLSearchParams({ q: 'a b' }) }); return { first, copy: await copy.text(), again, type: request.headers.get('content-type'), method: request.method, form: (await request.formData()).get('q'), used: response.bodyUsed }`,
    gives: {
      first: { a: 1 },
      copy: '{"a":1}',
      again: 'TypeError',
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      method: 'POST',
      form: 'a b',
      used: true,
    },
  },
  {
    name: 'random values are random and bounded',
    code: `const array = crypto.getRandomValues(new Uint32Array(8)); let quota = ''; try { crypto.getRandomValues(new Uint8Array(65537)) } catch (error) { quota = error.name } return { different: new Set(array).size > 4, uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), quota }`,
    gives: { different: true, uuid: true, quota: 'QuotaExceededError' },
  },
  {
    name: 'digests and HMACs are right',
    code: `const data = new TextEncoder().encode('abc'); const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join(''); const key = await crypto.subtle.importKey('raw', data, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']); const signature = await crypto.subtle.sign('HMAC', key, data); return { digest: hex(await crypto.subtle.digest('SHA-256', data)).slice(0, 16), valid: await crypto.subtle.verify('HMAC', key, signature, data), forged: await crypto.subtle.verify('HMAC', key, new Uint8Array(32), data), key: key instanceof CryptoKey, extractable: key.extractable }`,
    gives: { digest: 'ba7816bf8f01cfea', valid: true, forged: false, key: true, extractable: false },
  },
  {
    name: 'keys are generated, exported, derived and wrapped',
    code: `const pair = await crypto.subtle.generateKey(${ECDSA}, true, ['sign', 'verify']); const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey); const again = await crypto.subtle.importKey('jwk', jwk, ${ECDSA}, true, ['verify']); const data = new Uint8Array([1, 2, 3]); const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, data); const valid = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, again, signature, data); const base = await crypto.subtle.importKey('raw', new TextEncoder().encode('password'), 'PBKDF2', false, ['deriveKey']); const aes = await crypto.subtle.deriveKey({ name: 'PBKDF2', salt: new Uint8Array(16), iterations: 1000, hash: 'SHA-256' }, base, { name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']); const iv = new Uint8Array(12); const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, aes, data); const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, aes, sealed); let broken = ''; try { await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, aes, data) } catch (error) { broken = error.name } return { kty: jwk.kty, valid, opened: [...new Uint8Array(opened)], broken }`,
    gives: { kty: 'EC', valid: true, opened: [1, 2, 3], broken: 'OperationError' },
  },
  {
    name: 'performance moves forward',
    code: `const start = performance.now(); await new Promise((resolve) => setTimeout(resolve, 5)); return { moved: performance.now() - start >= 4, origin: Math.abs(performance.timeOrigin - Date.now()) < 60000 }`,
    gives: { moved: true, origin: true },
  },
  {
    name: 'DOMException has legacy codes and is an Error',
    code: `const error = new DOMException('m', 'AbortError'); return { code: error.code, isError: error instanceof Error, text: String(error) }`,
    gives: { code: 20, isError: true, text: 'AbortError: m' },
  },
]
