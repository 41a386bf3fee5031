// Lists: paging while others file, filters, the order.
import assert from 'node:assert/strict'
import test from 'node:test'
import { City } from './city.mjs'

// Follows the Link headers to the end.
async function everyPage(city, address, between = async () => {}) {
  const pages = []
  while (address) {
    const answer = await city.get(address)
    assert.equal(answer.status, 200, answer.text)
    pages.push(answer.json.matters)
    const link = answer.headers.get('link')
    assert.equal(link !== null, answer.json.next !== null)
    address = link?.match(/^<([^>]+)>; rel="next"$/)[1]
    await between()
  }
  return pages
}

test('lists', async (t) => {
  const city = await City.start({ clock: '2026-06-15T09:00:00+08:00' })
  t.after(() => city.stop())
  const channels = ['web', 'phone', 'visit']
  const filed = await Promise.all(Array.from({ length: 300 }, (_, i) => city.file(i % 10 ? 'complaint' : 'hotline',
    { title: `第 ${i} 件 ${i % 3 ? '噪音' : '路灯'}`, channel: channels[i % 3] },
    { role: 'desk', at: `2026-06-${String(1 + (i % 14)).padStart(2, '0')}T0${i % 9}:00:00+08:00` })))
  assert.ok(filed.every((f) => f.status === 201), filed.find((f) => f.status !== 201)?.text)
  const codes = new Set(filed.map((f) => f.json.code))
  assert.equal(codes.size, 300)

  for (const [order, limit] of [['filed', 7], ['filed', 200], ['due', 13]]) {
    await t.test(`by ${order}, ${limit} a page: each exactly once while new ones arrive`, async () => {
      let extra = 0
      const later = async () => {
        if (extra++ < 20) await city.file('complaint', { title: '后来的', channel: 'web' })
      }
      const pages = await everyPage(city, `/api/v1/matters?order=${order}&limit=${limit}`, later)
      const lines = pages.flat()
      const old = lines.filter((m) => codes.has(m.code))
      assert.equal(old.length, 300)
      assert.equal(new Set(old.map((m) => m.code)).size, 300)
      assert.equal(new Set(lines.map((m) => m.code)).size, lines.length)
      assert.ok(pages.slice(0, -1).every((p) => p.length === limit))
      const key = (m) => Date.parse(order === 'due' ? m.due_at : m.filed_at)
      for (let i = 1; i < lines.length; i++) {
        const step = key(lines[i]) - key(lines[i - 1])
        assert.ok(order === 'due' ? step >= 0 : step <= 0, `${lines[i - 1].code} ${lines[i].code}`)
      }
    })
  }

  const all = (await everyPage(city, '/api/v1/matters?limit=200')).flat()

  await t.test('as a file: all pages of the same list in its order, in the language that was asked for, and it is recorded', async () => {
    const rows = (text) => text.trim().split('\r\n').map((line) => line.split(','))
    for (const query of ['', 'order=filed', 'kind=hotline&channel=web', 'words=%E8%B7%AF%E7%81%AF']) {
      const file = await city.get(`/api/v1/tables/matters?${query}`)
      assert.equal(file.status, 200, file.text)
      assert.match(file.headers.get('content-disposition'), /"matters\.csv"/)
      const lines = rows(file.text), listed = (await everyPage(city, `/api/v1/matters?limit=200&${query}`)).flat()
      assert.deepEqual(lines.slice(1).map((l) => l[0]), listed.map((m) => m.code), query)
      assert.deepEqual(lines.slice(1).map((l) => l[1]), listed.map((m) => m.title), query)
      assert.deepEqual(lines.slice(1).map((l) => l[10]), listed.map((m) => m.filed_at.slice(0, 16).replace('T', ' ')), query)
    }
    assert.deepEqual(rows((await city.get('/api/v1/tables/matters?lang=en&kind=hotline')).text)[0].slice(0, 3), ['Code', 'Title', 'Kind'])
    const none = await city.get('/api/v1/tables/matters?words=nowhere')
    assert.deepEqual(rows(none.text).length, 1)
    const xlsx = await city.get('/api/v1/tables/matters?form=xlsx&kind=hotline')
    assert.match(xlsx.headers.get('content-disposition'), /"matters\.xlsx"/)
    assert.equal(xlsx.bytes.subarray(0, 2).toString(), 'PK')
    assert.equal((await city.get('/api/v1/tables/matters?form=pdf')).json.field, 'form')
    assert.equal((await city.ask('GET', '/api/v1/tables/matters', { token: city.tokens.audit })).status, 403)
    const [act] = (await city.ask('GET', '/api/v1/audit?act=export&limit=1', { token: city.tokens.audit })).json.acts
    assert.deepEqual([act.subject, act.login], ['tables/matters', 'officer'])
  })
  const filters = {
    'kind=hotline': (m) => m.kind === 'hotline',
    'channel=phone': (m) => m.channel === 'phone',
    'state=registered': (m) => m.state === 'registered',
    'unit=-': (m) => m.unit === '',
    'unit=gongan': (m) => m.unit === 'gongan',
    'open=yes': (m) => m.open,
    'open=no': (m) => !m.open,
    'verdict=in_time': (m) => m.verdict === 'in_time',
    'verdict=late': (m) => m.verdict === 'late',
    'filed_from=2026-06-03&filed_to=2026-06-04': (m) => /^2026-06-0[34]T/.test(m.filed_at),
    'words=%E8%B7%AF%E7%81%AF': (m) => m.title.includes('路灯'),
    [`words=${all[0].code}`]: (m) => m.code === all[0].code,
    'class=labour': (m) => m.class === 'labour',
  }
  for (const light of ['green', 'blue', 'yellow', 'orange', 'red']) filters[`light=${light}`] = (m) => m.light === light && m.open
  const code = all.find((m) => m.kind === 'complaint').code
  await city.made(code, 'dispatch', 'desk', { unit: 'gongan' })
  await city.made(code, 'correct', 'desk', { class: 'labour' })
  await city.made(code, 'reply', 'handler', { text: '已办' })
  await city.made(code, 'close', 'desk', { ground: 'solved' })
  const after = (await everyPage(city, '/api/v1/matters?limit=200')).flat()
  for (const [query, wanted] of Object.entries(filters)) {
    await t.test(`filter ${decodeURIComponent(query)}`, async () => {
      const got = (await everyPage(city, `/api/v1/matters?${query}&limit=31`)).flat()
      assert.deepEqual(got.map((m) => m.code).sort(), after.filter(wanted).map((m) => m.code).sort())
    })
  }
  await t.test('the filters meant something', () => {
    for (const query of ['kind=hotline', 'unit=gongan', 'open=no', 'class=labour', 'words=%E8%B7%AF%E7%81%AF', 'light=red', 'light=green']) {
      const n = after.filter(filters[query]).length
      assert.ok(n > 0 && n < after.length, `${query}: ${n}`)
    }
  })
  await t.test('the metrics count the same lights', async () => {
    const text = (await city.get('/metrics')).text
    for (const light of ['green', 'red']) {
      const counted = Number(text.match(new RegExp(`huiyin_matters_open\\{light="${light}"\\} (\\d+)`))[1])
      assert.equal(counted, after.filter(filters[`light=${light}`]).length, light)
    }
  })
})
