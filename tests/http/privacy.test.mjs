// What nobody may read where anybody can: a matter lives with the log at its most talkative, and then names,
// contacts, texts, secrets and addresses are looked for in the server's log and in the public log.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { root } from './contract.mjs'

process.env.HY_TEST_LOG = 'debug'
const { City } = await import('./city.mjs')

const secret = {
  title: '某局长受贿三十万元',
  body: '证据在槐花巷十七号的保险柜里',
  name: '欧阳秘密',
  contact: '13912345678',
  text: '已约谈当事人林某某',
  official: '司徒办事员',
  query: '搜索词欧阳秘密',
  key: 'privacy-key-000001',
}

test('the logs tell of acts and of nobody', async (t) => {
  const city = await City.start()
  t.after(() => city.stop())
  const filed = await city.file('complaint', { title: secret.title, body: secret.body, name: secret.name, contact: secret.contact, channel: 'web' },
    { headers: { 'idempotency-key': secret.key } })
  assert.equal(filed.status, 201, filed.text)
  const { code, secret: pass } = filed.json
  await city.made(code, 'note', 'desk', { text: secret.text }, { name: secret.official })
  const looked = await city.post('/api/v1/lookup', { code, secret: pass })
  assert.equal(looked.status, 200, looked.text)
  for (const wrong of [
    () => city.post('/api/v1/lookup', { code, secret: '0000-0000-0000-0000' }),
    () => city.post('/api/v1/lookup', { code: secret.name, secret: secret.contact }),
    () => city.get(`/api/v1/matters?q=${encodeURIComponent(secret.query)}`),
    () => city.get(`/api/v1/matters/${encodeURIComponent(secret.name)}`),
    () => city.get(`/${encodeURIComponent(secret.name)}?${encodeURIComponent(secret.contact)}`),
    () => city.file('complaint', { title: secret.title, [secret.contact]: secret.name }),
    () => city.file(secret.name, { title: secret.title }),
    () => city.ask('POST', '/api/v1/lookup', { raw: `{"code": "${secret.name}`, headers: { 'content-type': 'application/json' } }),
    () => city.get('/healthz', { cookie: `huiyin_session=${secret.key}`, authorization: `Bearer ${secret.key}` }),
  ]) assert.ok((await wrong()).status < 500)

  await t.test('the server\'s log', () => {
    assert.match(city.log, /request [0-9a-f]{16}: POST \/api\/v1\/lookup 200 in [0-9]+ us/)
    for (const line of city.log.trim().split('\n')) {
      const record = JSON.parse(line)
      assert.deepEqual(Object.keys(record), ['at', 'level', 'event', 'text'])
    }
    for (const [what, text] of Object.entries({ ...secret, code, pass, digits: pass.replaceAll('-', '') })) {
      assert.ok(!city.log.includes(text), `the log holds the ${what}`)
      assert.ok(!city.log.includes(encodeURIComponent(text)) || /^[A-Za-z0-9_-]+$/.test(text), `the log holds the ${what}, encoded`)
    }
    assert.doesNotMatch(city.log, /127\.0\.0\.1|::1/)
  })

  await t.test('the public log', async () => {
    const { size } = { size: Number((await city.get('/log/checkpoint')).text.split('\n')[1]) }
    assert.ok(size > 3)
    const bundle = (await city.get(`/log/tile/entries/000.p/${size}`)).bytes.toString('utf8')
    assert.ok(bundle.includes(code), 'the events are there')
    for (const what of ['title', 'body', 'name', 'contact', 'text', 'official', 'key']) assert.ok(!bundle.includes(secret[what]), `the public log holds the ${what}`)
    assert.ok(!bundle.includes(pass) && !bundle.includes(pass.replaceAll('-', '')))
  })
})

test('every test that docs/security.md calls upon is there', () => {
  const text = readFileSync(path.join(root, 'docs/security.md'), 'utf8')
  const named = new Set(text.match(/`(?:src|tests)\/[a-z_./-]+`/g).map((s) => s.slice(1, -1)))
  assert.ok(named.size > 15)
  for (const file of named) assert.ok(existsSync(path.join(root, file)), file)
  // Both languages call upon the same ones.
  const [first, second] = text.split('# Security: what is promised')
  for (const file of named) assert.ok(first.includes(file) && second.includes(file), `${file} stands in one language`)
})
