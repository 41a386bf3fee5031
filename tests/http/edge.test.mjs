// The edge: concurrent editors, repeats, what is too large or no JSON, pages, hosts.
import assert from 'node:assert/strict'
import http from 'node:http'
import test from 'node:test'
import { bearer } from '../logins.mjs'
import { City, run } from './city.mjs'

// A request with any header, Host included, and any bytes; null: the head alone, and wait.
function raw(city, method, path, headers, body) {
  const { hostname, port } = new URL(city.url)
  return new Promise((done, fail) => {
    const request = http.request({ hostname, port, method, path, headers }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }))
    })
    request.on('error', fail)
    if (body === null) request.flushHeaders()
    else request.end(body)
  })
}

test('the edge', async (t) => {
  const city = await City.start()
  t.after(() => city.stop())
  const filed = await city.file('complaint', { title: '噪音', channel: 'web' })
  const one = `/api/v1/matters/${filed.json.code}`
  const count = async () => (await city.get('/api/v1/matters?limit=200')).json.matters.length

  await t.test('of two editors one is told', async () => {
    const { etag } = await city.get(one)
    const note = (text) => city.post(`${one}/moves`, { move: 'note', by: { role: 'desk' }, data: { text } }, { 'if-match': etag })
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => note(`第${i}个`)))
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, ...Array(7).fill(412)])
    const won = answers.find((a) => a.status === 200)
    assert.equal((await city.get(one)).json.seq, won.json.seq)
    assert.ok(answers.filter((a) => a.status === 412).every((a) => a.json.code === 'stale' && a.json.field === 'If-Match'))
    const again = await city.post(`${one}/moves`, { move: 'note', by: { role: 'desk' }, data: { text: '再' } }, { 'if-match': won.etag })
    assert.equal(again.status, 200)
  })

  await t.test('a repeat under one key files once and gets the same answer', async () => {
    const before = await count()
    const headers = { 'idempotency-key': 'filing-0001' }
    const file = (title) => city.file('complaint', { title, channel: 'web' }, { headers })
    const first = await file('只此一件')
    const answers = await Promise.all(Array.from({ length: 5 }, () => file('只此一件')))
    for (const answer of answers) {
      assert.equal(answer.status, 201)
      assert.equal(answer.text, first.text)
      assert.equal(answer.headers.get('location'), first.headers.get('location'))
      assert.equal(answer.headers.get('idempotent-replayed'), 'true')
    }
    assert.equal(await count(), before + 1)
    const other = await file('另一件')
    assert.equal(other.status, 422)
    assert.equal(other.json.code, 'key_reused')
    assert.equal(await count(), before + 1)
    const short = await city.file('complaint', { title: '又一件' }, { headers: { 'idempotency-key': 'short' } })
    assert.equal(short.json.field, 'Idempotency-Key')
  })

  await t.test('a refused request may be repeated under its key once it is mended', async () => {
    const headers = { 'idempotency-key': 'mended-0001' }
    assert.equal((await city.file('complaint', { titel: '噪音' }, { headers })).status, 400)
    assert.equal((await city.file('complaint', { title: '噪音' }, { headers })).status, 201)
  })

  await t.test('a repeated move is made once', async () => {
    const { etag, json } = await city.get(one)
    const send = () => city.post(`${one}/moves`, { move: 'note', by: { role: 'desk' }, data: { text: '一次' } },
      { 'if-match': etag, 'idempotency-key': 'move-00000001' })
    const [first, second] = [await send(), await send()]
    assert.equal(first.status, 200, first.text)
    assert.equal(second.status, 200, second.text)
    assert.equal(second.text, first.text)
    assert.equal((await city.get(one)).json.seq, json.seq + 1)
  })

  await t.test('what is no request for us', async () => {
    const post = (body, headers = {}) => city.ask('POST', '/api/v1/matters', { raw: body, headers: { 'content-type': 'application/json', ...headers } })
    const wants = async (status, code, answer) => assert.deepEqual([(await answer).status, (await answer).json.code], [status, code])
    const good = JSON.stringify({ kind: 'complaint', by: { role: 'desk' }, data: { title: '噪音' } })
    await wants(415, 'no_media', post(good, { 'content-type': 'text/plain' }))
    await wants(415, 'no_media', post(good, { 'content-type': 'application/x-www-form-urlencoded' }))
    const { port } = new URL(city.url)
    const json = { host: `127.0.0.1:${port}`, 'content-type': 'application/json', ...bearer(city.tokens.officer) }
    // Announced: answered before any of it is sent.
    const announced = await raw(city, 'POST', '/api/v1/matters', { ...json, 'content-length': 2 << 20, connection: 'close' }, null)
    assert.deepEqual([announced.status, JSON.parse(announced.text).code], [413, 'too_large'])
    const chunked = await raw(city, 'POST', '/api/v1/matters', { ...json, 'transfer-encoding': 'chunked' }, `{"kind":"${'x'.repeat(1 << 20)}"}`)
    assert.deepEqual([chunked.status, JSON.parse(chunked.text).code], [413, 'too_large'])
    await wants(400, 'bad_input', post('{"kind":'))
    await wants(400, 'bad_input', post('{"kind":"complaint","kind":"hotline"}'))
    await wants(400, 'bad_input', post(Buffer.from([0x7b, 0xff, 0x7d])))
    await wants(400, 'bad_field', post('{"kind":7,"by":{"role":"desk"}}'))
    await wants(400, 'bad_field', post('{"kind":"complaint","by":{"role":"desk"},"extra":1}'))
    await wants(400, 'bad_field', city.file('complaint', { title: '长'.repeat(201) }))
    await wants(400, 'bad_input', city.file('complaint', { title: '好', body: 'a\u0000b' }))
    await wants(400, 'bad_field', city.file('complaint', { title: '好', body: 'a\u0001b' }))
    assert.equal((await city.file('complaint', { title: '长'.repeat(200), body: '𠮷'.repeat(20000) })).status, 201)
  })

  await t.test('hostile text is only text', async () => {
    const title = `'; DROP TABLE matter; -- <script>alert(1)</script> "\\ ${'\u202e'}`
    const answer = await city.file('complaint', { title, channel: 'web' })
    assert.equal(answer.status, 201)
    assert.equal((await city.get(answer.json.url)).json.title, title)
    for (const code of ["'", '%25', 'TS-2026-000001%27--', '..%2f..', '%00']) {
      const other = await city.get(`/api/v1/matters/${code}`)
      assert.ok(other.status === 404 || other.status === 400, `${code}: ${other.status}`)
    }
  })

  await t.test('only this machine, only its own pages', async () => {
    const { port } = new URL(city.url)
    const foreign = await raw(city, 'GET', '/api/v1/matters', { host: 'evil.example' })
    assert.equal(foreign.status, 403)
    const body = JSON.stringify({ kind: 'complaint', by: { role: 'desk' }, data: { title: '噪音' } })
    const headers = { host: `127.0.0.1:${port}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...bearer(city.tokens.officer) }
    assert.equal((await raw(city, 'POST', '/api/v1/matters', { ...headers, origin: 'https://evil.example' }, body)).status, 403)
    assert.equal((await raw(city, 'POST', '/api/v1/matters', { ...headers, origin: city.url }, body)).status, 201)
  })

  await t.test('the pages', async () => {
    const page = await city.get('/')
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-type'), /^text\/html/)
    const policy = page.headers.get('content-security-policy')
    assert.match(policy, /default-src 'self'/)
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal((await city.get('/', { 'if-none-match': page.etag })).status, 304)
    const other = (await city.get('/matters/TS-2026-000001')).text
    assert.match(other, /<div id="app"><\/div>/, 'the page routes this itself')
    assert.equal((await city.get('/follow')).text, other)
    for (const nothing of ['/nothing.js', '/api/v1/nothing', '/log/nothing', '/favicon.nothing', '/..%2fetc%2fpasswd']) {
      const answer = await city.get(nothing)
      assert.ok(answer.status === 404 || answer.status === 400, `${nothing}: ${answer.status}`)
    }
    const { port } = new URL(city.url)
    // As they stand: fetch() would take the dots out.
    for (const outside of ['/../etc/passwd', '/%2e%2e/etc/passwd', '/a/../../etc/passwd']) {
      assert.equal((await raw(city, 'GET', outside, { host: `127.0.0.1:${port}` })).status, 400, outside)
    }
    const plain = await raw(city, 'GET', '/', { host: `127.0.0.1:${port}` })
    assert.equal(plain.headers['content-encoding'], undefined)
    assert.equal(plain.text, page.text)
  })
})

test('a second server on one city, and no city at all, are refused with the reason', async (t) => {
  const city = await City.start()
  t.after(() => city.stop())
  const second = run(['serve', '--data', city.data, '--port', '0'])
  assert.notEqual(second.status, 0)
  assert.ok(second.stderr.length > 20, second.stderr)
  assert.equal((await city.get('/healthz')).status, 200)
  const none = run(['serve', '--data', `${city.dir}/nothing`, '--port', '0'])
  assert.equal(none.status, 4)
  assert.match(none.stderr, /nothing/)
})

test('another address than loopback is refused with the reason', async (t) => {
  const city = await City.start()
  await city.halt()
  t.after(async () => {
    await city.serve()
    await city.stop()
  })
  const wide = run(['serve', '--data', city.data, '--address', '0.0.0.0', '--port', '0'])
  assert.equal(wide.status, 3)
  assert.match(wide.stderr, /--tls-cert/)
})
