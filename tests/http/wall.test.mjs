// The board: lateness by hour, the flow between units, and the wall that hears when something has changed.
import assert from 'node:assert/strict'
import test from 'node:test'
import { City } from './city.mjs'

const event = (text) => Object.fromEntries(text.trim().split('\n').map((l) => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 2)]))

test('board', async (t) => {
  const city = await City.start({ clock: '2026-03-02T09:30:00+08:00' })
  t.after(() => city.stop())
  const officer = city.tokens.officer
  const changes = (seen, token = officer) => city.ask('GET', '/api/v1/supervision/changes', { token, headers: seen === undefined ? {} : { 'last-event-id': String(seen) } })
  let filed

  await t.test('a wall hears that something changed, and not what', async () => {
    const hello = await changes()
    assert.equal(hello.status, 200, hello.text)
    assert.match(hello.headers.get('content-type'), /^text\/event-stream/)
    const first = event(hello.text)
    assert.equal(first.event, 'hello')
    const began = Date.now()
    const waiting = changes(first.id)
    await new Promise((done) => setTimeout(done, 1500))
    filed = (await city.file('complaint', { title: '路灯不亮', channel: 'visit' })).json
    const told = event((await waiting).text)
    assert.ok(Date.now() - began >= 1400 && Date.now() - began < 10_000, 'it waited, and not for long')
    assert.equal(told.event, 'change')
    assert.ok(Number(told.id) > Number(first.id))
    assert.equal(told.data, JSON.stringify({ size: Number(told.id) }))
  })

  await t.test('only who may see the figures', async () => {
    assert.equal((await changes(undefined, city.tokens.admin)).status, 403)
    assert.equal((await changes(undefined, null)).status, 401)
  })

  await t.test('of one account few wait: the oldest is answered when another comes', async () => {
    const { id } = event((await changes()).text)
    const all = Array.from({ length: 6 }, () => changes(id))
    const early = await Promise.race([...all, new Promise((done) => setTimeout(() => done(null), 8000))])
    assert.equal(event(early.text).event, 'time')
    assert.match((await fetch(city.url + '/metrics', { headers: { authorization: `Bearer ${city.tokens.admin}` } }).then((r) => r.text())), /huiyin_http_watching [45]\n/)
    // What is left is answered when the server stops, which is not kept waiting; after it has been started anew they come again.
    const before = Date.now()
    await city.at('2026-03-02T10:30:00+08:00')
    assert.ok(Date.now() - before < 15_000)
    for (const one of await Promise.all(all)) assert.equal(event(one.text).event, 'time')
    assert.equal(event((await changes(Number(id) - 1)).text).event, 'change')
  })

  await t.test('lateness by the hour of filing opens to its matters', async () => {
    const { groups, by } = (await city.get('/api/v1/supervision?by=hour')).json
    assert.equal(by, 'hour')
    assert.deepEqual(groups.map((g) => [g.key, g.figures.received.value]), [['1-09', 1]], 'Monday from nine')
    const { matters } = (await city.get('/api/v1/supervision/figures/received/matters?by=hour&group=1-09')).json
    assert.deepEqual(matters.map((m) => m.code), [filed.code])
    assert.deepEqual((await city.get('/api/v1/supervision/figures/received/matters?by=hour&group=1-10')).json.matters, [])
  })

  await t.test('the flow between units opens to its matters', async () => {
    assert.deepEqual((await city.get('/api/v1/supervision/flow')).json.links, [])
    await city.made(filed.code, 'dispatch', 'desk', { unit: 'chengguan' })
    await city.made(filed.code, 'hand_off', 'unit_head', { unit: 'zhujian', ground: 'duty_elsewhere' })
    const { links } = (await city.get('/api/v1/supervision/flow')).json
    assert.deepEqual(links, [{ from: 'chengguan', from_name: '城管局', to: 'zhujian', to_name: '住建局', times: 1, matters: 1 }])
    const { matters, next } = (await city.get('/api/v1/supervision/flow/matters?from_unit=chengguan&to_unit=zhujian')).json
    assert.deepEqual([matters.map((m) => [m.code, m.unit, m.times]), next], [[[filed.code, 'zhujian', 1]], null])
    assert.deepEqual((await city.get('/api/v1/supervision/flow/matters?from_unit=zhujian&to_unit=-')).json.matters, [])
    assert.deepEqual((await city.get('/api/v1/supervision/flow?from=2026-03-03')).json.links, [])
    assert.equal((await city.get('/api/v1/supervision/flow?from=2026-03-03&to=2026-03-01')).json.field, 'to')
    assert.equal((await city.get('/api/v1/supervision/flow/matters?from_unit=a')).json.field, 'to_unit')
  })
})
