// What is told before filing of matters that are open already, and what never is.
import assert from 'node:assert/strict'
import test from 'node:test'
import { City } from './city.mjs'
import { custodians } from './custodians.mjs'

test('open matters of a class, as far as the log tells of them', async (t) => {
  const city = await City.start()
  t.after(() => city.stop())
  await custodians(city)
  const SECRET = '绝密暗号九五二七'
  const data = (more) => ({ title: `${SECRET}路灯`, body: SECRET, place: SECRET, name: SECRET, contact: SECRET, class: 'urban_rural', ...more })
  const file = async (kind, more, rest = {}) => {
    const filed = await city.ask('POST', '/api/v1/public/matters', { body: { kind, data: data(more), ...rest }, token: null })
    assert.equal(filed.status, 201, filed.text)
    return filed.json.code
  }
  const similar = (kind = 'complaint', cls = 'urban_rural') => city.ask('GET', `/api/v1/public/similar?kind=${kind}&class=${cls}`, { token: null })
  const n = async (...args) => (await similar(...args)).json.matters.length

  assert.deepEqual((await similar()).json, { matters: [] })
  const first = await file('complaint')
  assert.equal(await n(), 1)

  // What is kept closer, or is about somebody, is not there; nor are other classes and kinds.
  await file('complaint', {}, { protect: true })
  await file('complaint', { about_unit: 'gongan' })
  await file('complaint', { class: 'environment' })
  await file('hotline')
  await file('complaint', { about_person: '张三' })
  assert.equal(await n(), 1)
  assert.equal(await n('complaint', 'environment'), 1)
  assert.equal(await n('complaint', 'no_such_class'), 0)
  assert.equal(await n('no_such_kind'), 0)

  // With whom it is, and how far; when it is finished it is gone.
  await city.made(first, 'accept', 'desk', {})
  await city.made(first, 'dispatch', 'desk', { unit: 'chengguan' })
  const { text, json } = await similar()
  const [m] = json.matters
  assert.deepEqual(Object.keys(m).sort(), ['due_on', 'filed_on', 'state_title', 'unit', 'unit_name'])
  assert.equal(m.unit, 'chengguan')
  assert.equal(m.unit_name, '城管局')
  assert.match(m.due_on, /^\d{4}-\d\d-\d\d$/)
  assert.ok(!text.includes(SECRET) && !text.includes(first), 'neither words nor a code')
  for (let i = 0; i < 7; i++) await file('complaint')
  assert.equal(await n(), 5, 'the newest five')
  for (const bad of ['', '?kind=complaint', '?class=urban_rural', `?kind=complaint&class=urban_rural&words=${encodeURIComponent(SECRET)}`]) {
    assert.equal((await city.ask('GET', '/api/v1/public/similar' + bad, { token: null })).status, 400, bad)
  }
})

test('what is finished is no longer told', async (t) => {
  const city = await City.start()
  t.after(() => city.stop())
  const filed = await city.ask('POST', '/api/v1/public/matters', { body: { kind: 'complaint', data: { title: '路灯不亮', class: 'urban_rural' } }, token: null })
  const n = async () => (await city.ask('GET', '/api/v1/public/similar?kind=complaint&class=urban_rural', { token: null })).json.matters.length
  assert.equal(await n(), 1)
  const { code, secret } = filed.json
  const gone = await city.ask('POST', '/api/v1/public/moves', { body: { code, secret, move: 'withdraw', data: { ground: 'withdrawn' } }, token: null })
  assert.equal(gone.status, 200, gone.text)
  assert.equal(await n(), 0)
})
