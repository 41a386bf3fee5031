// Settings by the API: what may be typed, what is refused with the reason, and that a change holds at once.
import assert from 'node:assert/strict'
import test from 'node:test'
import { City } from './city.mjs'

test('settings', async (t) => {
  const city = await City.start()
  t.after(() => city.stop()) // fsck compares the table with the events
  const all = async () => (await city.get('/api/v1/settings')).json.settings
  // Whose a setting is, turns it.
  const turn = (method, name, body) => city.ask(method, `/api/v1/settings/${name}`,
    { body, token: /^backup\./.test(name) ? city.tokens.admin : city.tokens.security })
  const put = (name, value) => turn('PUT', name, { value })
  const one = async (name) => (await all()).find((s) => s.name === name)

  await t.test('each says what it means, its limits and whose it is', async () => {
    const list = await all()
    assert.ok(list.length > 15)
    assert.equal(new Set(list.map((s) => s.name)).size, list.length)
    for (const s of list) assert.ok(s.meaning['zh-CN'] && s.meaning['zh-Hant'] && s.meaning.en && !s.set && !s.weaker, s.name)
    assert.equal((await one('session.idle_minutes')).permission, 'setting.security')
    assert.equal((await one('backup.oldest')).permission, 'setting.write')
  })

  await t.test('a change holds at once, and is undone', async () => {
    const set = await put('session.idle_minutes', '60')
    assert.equal(set.status, 200, set.text)
    assert.deepEqual([set.json.value, set.json.set, set.json.weaker], ['60', true, true])
    assert.equal((await one('session.idle_minutes')).value, '60')
    assert.equal((await put('backup.oldest', '48h')).json.value, '2d')
    const reset = await turn('DELETE', 'session.idle_minutes')
    assert.deepEqual([reset.json.value, reset.json.set, reset.json.weaker], ['15', false, false])
  })

  await t.test('who may not turn it is refused', async () => {
    for (const [who, name] of [['admin', 'session.idle_minutes'], ['security', 'backup.oldest'], ['audit', 'backup.oldest']]) {
      for (const [method, body] of [['PUT', { value: '30' }], ['DELETE', undefined]]) {
        assert.equal((await city.ask(method, `/api/v1/settings/${name}`, { body, token: city.tokens[who] })).status, 403, `${who} ${name}`)
      }
    }
  })

  await t.test('what may not be typed is refused with the limits', async () => {
    for (const [name, value, words] of [
      ['session.idle_minutes', '0', /between 1 and 480/], ['session.idle_minutes', 'viele', /between 1 and 480/],
      ['audit.keep_months', '5', /between 6 and/], ['password.least_characters', '8', /between 12 and/],
      ['http.hsts', '3', /s, m, h or d/], ['backup.oldest', '1s', /between 3600/],
    ]) {
      const answer = await put(name, value)
      assert.equal(answer.status, 400)
      assert.equal(answer.json.field, 'value')
      assert.match(answer.json.detail, words)
    }
    const none = await put('session.idle_minute', '5')
    assert.equal(none.status, 404)
    assert.match(none.json.detail, /did you mean "session.idle_minutes"/)
    assert.equal((await turn('DELETE', 'none.such')).status, 404)
    assert.ok((await all()).every((s) => !s.set || s.name === 'backup.oldest'))
  })
})
