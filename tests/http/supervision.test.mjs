// The figures of supervision over HTTP: known by hand, and every one opens to its matters, page by page.
import assert from 'node:assert/strict'
import test from 'node:test'
import { City, run } from './city.mjs'

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

test('data quality: a unit that answers at the last moment is told from the others, and opens to its matters', async (t) => {
  const city = await City.start({ clock: '2026-03-02T09:00:00+08:00' })
  t.after(() => city.stop())
  const filed = { gongan: [], chengguan: [] }
  for (const unit of Object.keys(filed)) {
    for (let i = 0; i < 8; i++) filed[unit].push((await city.file('complaint', { title: `${unit} ${i}`, unit, limit: '15wd' })).json.code)
  }
  const reply = async (codes) => { for (const code of codes) assert.equal((await city.move(code, 'reply', 'handler', { text: '已修' })).status, 200) }
  await city.at('2026-03-06T09:00:00+08:00')
  await reply(filed.gongan.slice(1))
  await city.at('2026-03-23T15:00:00+08:00') // the day on which all are due
  await reply([filed.gongan[0], ...filed.chengguan])

  const { json } = await city.get('/api/v1/supervision/quality?from=2026-03-01&to=2026-03-31')
  const of = Object.fromEntries(json.units.map((u) => [u.unit, u.measures.answered_near_due]))
  assert.deepEqual([of.chengguan.cases, of.chengguan.of, of.chengguan.more], [8, 8, true])
  assert.deepEqual([of.gongan.cases, of.gongan.of, of.gongan.more], [1, 8, false])
  assert.equal(of.chengguan.elsewhere_ppm, Math.round(1.5 / 9 * 1e6))
  assert.deepEqual(json.total.measures.answered_near_due, { cases: 9, of: 16 })
  assert.deepEqual(json.total.measures.entered_late, { cases: 0, of: 16 })
  const address = '/api/v1/supervision/quality/answered_near_due/matters?from=2026-03-01&to=2026-03-31'
  const seen = []
  for (let next = ''; next !== null;) {
    const page = (await city.get(`${address}&unit=chengguan&limit=3${next && `&cursor=${next}`}`)).json
    seen.push(...page.matters.map((m) => m.code))
    next = page.next
  }
  assert.deepEqual(seen, filed.chengguan)
  assert.equal((await city.get(`${address}&unit=gongan`)).json.matters[0].due_at, '2026-03-23T23:59:59.999+08:00')
  assert.deepEqual((await city.get('/api/v1/supervision/quality?from=2026-04-01&to=2026-04-30')).json.units, [])
  assert.equal((await city.get('/api/v1/supervision/quality?from=2026-04-02&to=2026-04-01')).json.field, 'to')

  // The command line counts the same.
  await city.halt()
  const told = JSON.parse(run(['report', 'quality', '--from', '2026-03-01', '--to', '2026-03-31', '--json', ...city.place]).stdout)
  assert.deepEqual(told.units, json.units)
  const listed = run(['report', 'quality', '--open', 'answered_near_due', '--unit', 'chengguan', '--csv', ...city.place])
  assert.equal(listed.stdout.trim().split('\n').length, 1 + 8, listed.stderr)
  assert.match(run(['report', 'quality', ...city.place]).stdout, /chengguan.*8 +8 +!/)
  assert.match(run(['report', 'quality', '--open', 'answered_near', ...city.place]).stderr, /answered_near_due/)
  await city.serve('2026-03-23T15:00:00+08:00')
})

test('the page for leaders: the same figures as the report, the index with its error, and one page of paper', async (t) => {
  const city = await City.start({ clock: '2026-03-02T09:00:00+08:00' })
  t.after(() => city.stop())
  const codes = []
  for (let i = 0; i < 12; i++) codes.push((await city.file('complaint', { title: '路灯不亮', unit: 'gongan' })).json.code)
  await city.at('2026-03-05T09:00:00+08:00')
  for (const code of codes) assert.equal((await city.move(code, 'reply', 'handler', { text: '已修' })).status, 200)
  await city.at('2026-04-02T09:00:00+08:00')
  const later = []
  for (let i = 0; i < 12; i++) later.push((await city.file('complaint', { title: '路灯不亮', unit: 'gongan' })).json.code)
  await city.at('2026-07-01T09:00:00+08:00')
  for (const code of later) assert.equal((await city.move(code, 'reply', 'handler', { text: '已修' })).status, 200)

  const { json } = await city.get('/api/v1/brief?from=2026-04-01')
  const { json: report } = await city.get('/api/v1/supervision?from=2026-04-01&to=2026-04-30&by=none')
  const { json: before } = await city.get('/api/v1/supervision?from=2026-03-01&to=2026-03-31&by=none')
  for (const f of json.figures) {
    assert.deepEqual([f.now, f.before], [report.total.figures[f.id].value, before.total.figures[f.id].value], f.id)
  }
  assert.equal(json.months.length, 13)
  assert.deepEqual(json.months.slice(-2).map((m) => [m.month, m.received, m.in_time_share]), [['2026-03-01', 12, 10000], ['2026-04-01', 12, 0]])
  assert.deepEqual(json.worse.map((m) => [m.key, m.now, m.before, m.sure]), [['gongan', 0, 10000, true]])
  assert.deepEqual(json.better, [])
  // Nobody rated anything: a part is missing in the base month too, so nothing is told.
  assert.equal(json.months.at(-1).index_x100, null)
  assert.equal(json.parts.reduce((sum, p) => sum + p.weight_bp, 0), 10000)
  // Half a year has both; a period begins on its first day.
  const { json: half } = await city.get('/api/v1/brief?from=2026-01-01&period=half_year')
  assert.equal(half.figures.find((f) => f.id === 'received').now, 24)
  assert.equal((await city.get('/api/v1/brief?from=2026-04-02')).json.field, 'from')
  assert.equal((await city.get('/api/v1/brief?from=2026-04-01&period=half_year')).status, 400)
  for (const lang of ['zh-CN', 'zh-Hant', 'en']) {
    const pdf = await city.get(`/api/v1/brief?from=2026-04-01&form=pdf&lang=${lang}`)
    assert.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-')
    assert.equal([...pdf.bytes.toString('latin1').matchAll(/\/Type \/Page\b/g)].length, 1, lang)
  }
})
