// Behind a proxy: who is believed, how often somebody may come, what a proof of work opens, and that the log
// tells nobody's address.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import http from 'node:http'
import test from 'node:test'
import { run } from './city.mjs'
import { Served } from './served.mjs'

// As a proxy in front would pass it on: FROM is what it writes into X-Forwarded-For.
function ask(city, from, method, path, { body, headers = {}, host = 'city.example' } = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const more = from ? { 'x-forwarded-for': from, 'x-forwarded-proto': 'https' } : {}
  const type = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return new Promise((done, fail) => {
    const request = http.request({ host: '127.0.0.1', port: city.port, method, path, headers: { host, ...more, ...type, ...headers } }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => {
        const all = Buffer.concat(parts).toString()
        done({ status: answer.statusCode, headers: answer.headers, text: all, json: /json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(all) : undefined })
      })
    })
    request.on('error', fail)
    request.end(text)
  })
}

// Each knock at another matter: one at which many knock locks itself.
let knocks = 0
const lookup = (city, from, headers, host) => ask(city, from, 'POST', '/api/v1/lookup',
  { body: { code: `TS-2026-${String(++knocks).padStart(6, '0')}`, secret: '1234-5678-9012-3456' }, headers, host })

// What a browser would do with WebCrypto.
function solve(challenge) {
  const bits = Number(challenge.split('.')[1])
  for (let i = 0; ; i++) {
    const text = `${challenge}.${i}`
    const head = createHash('sha256').update(text).digest().readUInt32BE(0)
    if (head >>> (32 - bits) === 0) return text
  }
}

const limited = ({ status, json, headers }, code) => {
  assert.equal(status, 429)
  assert.equal(json.code, code)
  assert.ok(Number(headers['retry-after']) >= 1, headers['retry-after'])
  return json
}

async function start(t, settings, ...args) {
  const city = new Served()
  t.after(() => city.stop())
  for (const [name, value] of Object.entries(settings)) {
    const set = run(['setting', 'set', name, value, '--data', city.data])
    assert.equal(set.status, 0, set.stderr)
  }
  return city.serve('--log', 'debug', ...args)
}

test('behind a trusted proxy', async (t) => {
  const city = await start(t, { 'limit.lookup_per_minute': '3', 'limit.read_per_minute': '30', 'pow.bits': '12' }, '--behind-proxy', '127.0.0.1')

  await t.test('what the proxy says of the way is believed', async () => {
    assert.equal((await ask(city, '203.0.113.1', 'GET', '/healthz')).headers['strict-transport-security'], 'max-age=31536000')
    const plain = await ask(city, '203.0.113.1', 'GET', '/healthz', { headers: { 'x-forwarded-proto': 'http' } })
    assert.equal(plain.headers['strict-transport-security'], undefined)
  })

  await t.test('beyond the limit of a door a proof of work is demanded, from that prefix alone', async () => {
    for (let i = 0; i < 3; i++) assert.equal((await lookup(city, `198.51.100.${i}`)).status, 404)
    const json = limited(await lookup(city, '198.51.100.77'), 'need_proof')
    assert.equal(json.field, 'X-Proof-Of-Work')
    assert.match(json.challenge, /^1\.12\.[0-9]+\.[0-9a-f]{32}\.[0-9a-f]{32}$/)
    limited(await lookup(city, '192.0.2.50, 198.51.100.77'), 'need_proof') // invented to the left
    assert.equal((await lookup(city, '198.51.101.77')).status, 404)
    assert.equal((await lookup(city, '2001:db8:0:1::1')).status, 404)

    const proof = solve(json.challenge)
    assert.equal((await lookup(city, '198.51.100.77', { 'x-proof-of-work': proof })).status, 404)
    assert.match(limited(await lookup(city, '198.51.100.77', { 'x-proof-of-work': proof }), 'need_proof').detail, /used already/)
    for (const wrong of ['', 'x', `${json.challenge}.0`, proof.replace('.12.', '.1.'), proof.replace(/.$/, 'x')]) {
      limited(await lookup(city, '198.51.100.77', { 'x-proof-of-work': wrong }), 'need_proof')
    }
    for (let i = 0; i < 5; i++) { // each further knock costs one
      const { challenge } = limited(await lookup(city, '198.51.100.77'), 'need_proof')
      assert.equal((await lookup(city, '198.51.100.77', { 'x-proof-of-work': solve(challenge) })).status, 404)
    }
  })

  await t.test('a /56 of IPv6 counts as one', async () => {
    for (let i = 0; i < 3; i++) assert.equal((await lookup(city, `2001:db8:5:${i}::1`)).status, 404)
    limited(await lookup(city, '2001:db8:5:9::1'), 'need_proof')
    assert.equal((await lookup(city, '2001:db8:5:100::1')).status, 404)
  })

  await t.test('from very many addresses at once everybody works', async () => {
    let asked
    for (let i = 0; i < 100 && !asked; i++) {
      const answer = await lookup(city, `100.64.${i}.1`)
      if (answer.status === 429) asked = answer
    }
    const { challenge } = limited(asked, 'need_proof')
    assert.equal((await lookup(city, '100.65.1.1', { 'x-proof-of-work': solve(challenge) })).status, 404)
  })

  await t.test('reading has its limit too, and what leads nowhere counts', async () => {
    for (let i = 0; i < 30; i++) assert.equal((await ask(city, '203.0.113.9', 'GET', '/api/v1/nothing')).status, 404)
    const { headers } = await ask(city, '203.0.113.9', 'GET', '/api/v1/nothing')
    assert.ok(Number(headers['retry-after']) >= 1)
    limited(await ask(city, '203.0.113.9', 'GET', '/'), 'too_many')
    assert.equal((await ask(city, '203.0.113.9', 'GET', '/healthz')).status, 200)
    assert.equal((await ask(city, '203.0.114.9', 'GET', '/')).status, 200)
  })

  await t.test('pages elsewhere change nothing', async () => {
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await lookup(city, '203.0.115.1', headers)
      assert.equal(answer.status, 403, JSON.stringify(headers))
      assert.equal(answer.json.code, 'forbidden')
    }
    // (answered 404 or, when the door is hammered, 429: but not 403)
    assert.notEqual((await lookup(city, '203.0.115.2', { origin: 'https://city.example', 'sec-fetch-site': 'same-origin' })).status, 403)
  })

  await t.test('figures stay on this machine, and count what was limited', async () => {
    assert.equal((await ask(city, '203.0.113.2', 'GET', '/metrics')).status, 401)
    assert.equal((await ask(city, null, 'GET', '/metrics')).status, 401) // a proxy that says nothing
    const { status, text } = await ask(city, null, 'GET', '/metrics', { host: '127.0.0.1' })
    assert.equal(status, 200)
    const figure = (name) => Number(text.match(new RegExp(`^${name} ([0-9]+)$`, 'm'))[1])
    assert.ok(figure('huiyin_limited_total\\{limit="lookup"\\}') > 10)
    assert.ok(figure('huiyin_limited_total\\{limit="read"\\}') >= 2)
    assert.ok(figure('huiyin_proofs_good_total\\{limit="lookup"\\}') >= 6)
    assert.ok(figure('huiyin_proofs_bad_total\\{limit="lookup"\\}') >= 5)
  })

  await t.test('the log names the route and nobody', () => {
    assert.match(city.log, /request [0-9a-f]{16}: POST \/api\/v1\/lookup 429 in/)
    for (const never of [/198\.51/, /203\.0\.11/, /2001:db8/, /192\.0\.2/, /1234-5678/, /TS-2026-0000/, /127\.0\.0\.1/]) assert.doesNotMatch(city.log, never)
  })
})

test('whom nobody trusts is not believed', async (t) => {
  const city = await start(t, { 'limit.lookup_per_minute': '3', 'pow.bits': '12' }, '--behind-proxy', '10.0.0.0/8')
  // The peer is 127.0.0.1, which is no hop of ours: from here it may come, but not as a proxy.
  assert.equal((await ask(city, null, 'GET', '/healthz', { host: '127.0.0.1' })).status, 200)
  assert.equal((await ask(city, '203.0.113.1', 'GET', '/healthz', { host: '127.0.0.1' })).status, 403)
  assert.equal((await ask(city, null, 'GET', '/healthz')).status, 403) // nobody else's name may lead here
})

test('a proxy nobody told us of is one address to us', async (t) => {
  const city = await start(t, { 'limit.lookup_per_minute': '3', 'pow.bits': '12' })
  const knock = (from) => lookup(city, from, {}, '127.0.0.1')
  for (let i = 0; i < 10; i++) assert.equal((await knock(null)).status, 404) // this machine itself is not limited
  for (let i = 0; i < 3; i++) assert.equal((await knock(`198.51.${i}.1`)).status, 404)
  limited(await knock('203.0.113.5'), 'need_proof')
})

test('Forwarded, when the proxy sends that', async (t) => {
  const city = await start(t, { 'limit.lookup_per_minute': '3', 'pow.bits': '12' }, '--behind-proxy', '127.0.0.1', '--forwarded')
  const knock = (forwarded) => lookup(city, null, { forwarded, 'x-forwarded-for': '203.0.113.99' })
  for (let i = 0; i < 3; i++) assert.equal((await knock(`for=192.0.2.9, for="198.51.100.${i}:99";proto=https`)).status, 404)
  limited(await knock('for=198.51.100.200'), 'need_proof')
  assert.equal((await knock('for="[2001:db8::7]:1"')).status, 404)
})
