// The figures of supervision over HTTP: known by hand, and every one opens to its matters, page by page.
import assert from 'node:assert/strict'
import test from 'node:test'
import { City } from './city.mjs'

test('supervision counts, and every figure opens', async (t) => {
  const city = await City.start({ clock: '2026-03-02T09:00:00+08:00' })
  t.after(() => city.stop())
  const codes = []
  for (const unit of ['gongan', 'gongan', 'chengguan', 'chengguan', undefined]) {
    const filed = await city.file('complaint', { title: '路灯不亮', ...(unit && { unit }) })
    assert.equal(filed.status, 201, filed.text)
    codes.push(filed.json.code)
  }
  await city.at('2026-03-06T09:00:00+08:00')
  for (const code of codes.slice(0, 3)) assert.equal((await city.move(code, 'reply', 'handler', { text: '已修' })).status, 200)
  await city.at('2026-06-01T09:00:00+08:00')
  assert.equal((await city.move(codes[3], 'reply', 'handler', { text: '已修' })).status, 200)

  const { json } = await city.get('/api/v1/supervision?from=2026-03-01&to=2026-03-31&lang=en')
  const value = (figures, id) => figures[id].value
  assert.deepEqual(json.groups.map((g) => [g.key, g.name, value(g.figures, 'received'), value(g.figures, 'in_time'),
    value(g.figures, 'late'), value(g.figures, 'work_days_median')]),
  [['-', 'unassigned', 1, 0, 0, null], ['chengguan', '城管局', 2, 1, 1, 4], ['gongan', '公安局', 2, 2, 0, 4]])
  assert.deepEqual(json.total.figures.in_time_share, { value: 6000, numerator: 3, denominator: 5 })
  assert.equal(json.groups[0].oldest_open.code, codes[4])

  const { json: { figures } } = await city.get('/api/v1/supervision/figures')
  assert.deepEqual(figures.map((f) => f.id), Object.keys(json.total.figures))
  for (const { key, figures: values } of [{ figures: json.total.figures }, ...json.groups]) {
    for (const { id, unit } of figures) {
      if (unit !== 'matters') continue
      const group = key ? `&by=unit&group=${key}` : ''
      const seen = []
      for (let next = ''; next !== null;) {
        const page = await city.get(`/api/v1/supervision/figures/${id}/matters?from=2026-03-01&to=2026-03-31&limit=2${group}` +
          (next && `&cursor=${next}`))
        seen.push(...page.json.matters.map((m) => m.code))
        next = page.json.next
      }
      assert.equal(seen.length, value(values, id), `${key} ${id}`)
      assert.equal(new Set(seen).size, seen.length)
    }
  }
})
