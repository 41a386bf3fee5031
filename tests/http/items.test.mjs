// The catalogue of service items over HTTP: entered, changed from a day on, cut, restored, taken in and out as a
// table, charted; and the report 三减 over packs/efficacy-year.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { City, run, until } from './city.mjs'
import { root } from './contract.mjs'

const clock = '2026-09-21T09:00:00+08:00'
// Two of its units are called as units that every city of these tests has, since today.
const pack = (name) => readFileSync(path.join(root, 'packs/efficacy-year/items', name), 'utf8')
  .replaceAll('gongan', 'ga').replaceAll('zhujian', 'zj')

test('an item lives, and every day of its life can be read', async (t) => {
  const city = await City.start({ clock })
  t.after(() => city.stop())
  assert.equal((await city.put('/api/v1/units/guihua', { name: '市规划局', opened: '2025-01-01' })).status, 200)
  const at = '/api/v1/items/gh-1'
  const content = {
    name: '选址意见书', type: 'licence', unit: 'guihua', statutory: '20wd', basis: ['城乡规划法 第三十六条'],
    papers: [{ name: '申请表', copies: 2, sample: '见窗口' }],
    steps: [{ name: '受理', section: '窗口', limit: '1wd' }, { name: '踏勘' }, { name: '征求意见', beside: true }, { name: '决定' }],
    fees: [{ name: '工本费', standard: '10元', basis: '某文' }],
  }
  const put = (more, from = '2026-01-01') => city.put(at, { from, content: { ...content, ...more } })
  assert.equal((await put({})).status, 200)
  const above = await put({ pledged: '21wd' }, '2026-03-01')
  assert.deepEqual([above.status, above.json.field], [400, 'pledged'])
  assert.equal((await put({ pledged: '10cd' }, '2026-03-01')).json.field, 'pledged')
  assert.equal((await put({ colour: 'red' }, '2026-03-01')).json.field, 'content')
  assert.equal((await put({ unit: 'nowhere' }, '2026-03-01')).json.field, 'unit')
  assert.equal((await put({ pledged: '8wd', fees: [] }, '2026-03-01')).status, 200)
  assert.equal((await put({ pledged: '7wd' }, '2026-02-01')).json.field, 'from')

  assert.equal((await city.get(`${at}?on=2025-12-31`)).json.now, null)
  assert.equal((await city.get(`${at}?on=2026-02-28`)).json.now.content.pledged, undefined)
  const now = (await city.get(at)).json
  assert.equal(now.now.content.pledged, '8wd')
  assert.deepEqual(now.now.missing, ['no_conditions'])
  assert.equal(now.now.unit_name, '市规划局')

  const flow = await city.get(`${at}/flow?lang=zh-CN`)
  assert.match(flow.headers.get('content-type'), /svg/)
  assert.match(flow.text, /<title id="flow-title">选址意见书 办理流程图 \(gh-1\)<\/title><desc id="flow-desc">材料: 申请表/)
  assert.match(flow.text, /受理, 窗口, 1个工作日 → 踏勘 ∥ 征求意见 → 决定/)
  assert.match((await city.get(`${at}/flow?lang=en`)).text, /1 working days/)

  const fees = (await city.get('/api/v1/item-fees?unit=guihua')).json.fees
  assert.deepEqual(fees.map((f) => [f.name, f.from, f.abolished]), [['工本费', '2026-01-01', '2026-03-01']])
  assert.equal((await city.get('/api/v1/item-fees?on=2026-02-01')).json.fees[0].abolished, null)

  const turn = (move, more) => city.post(`${at}/${move}`, { document: '〔2026〕5号', from: '2026-06-01', ...more })
  assert.equal((await city.post(`${at}/cut`, {})).json.field, 'document')
  assert.equal((await turn('merge', { into: 'gh-2' })).json.field, 'target')
  const key = { 'idempotency-key': 'cut-gh-1-once' }
  const cut = await city.post(`${at}/cut`, { document: '〔2026〕5号', from: '2026-06-01' }, key)
  assert.equal(cut.json.now.state, 'cut')
  assert.equal((await city.post(`${at}/cut`, { document: '〔2026〕5号', from: '2026-06-01' }, key)).status, 200)
  assert.equal((await turn('cut')).status, 409)
  assert.equal((await put({ pledged: '5wd' }, '2026-07-01')).status, 409)
  assert.deepEqual((await city.get('/api/v1/items?state=kept')).json.items, [])
  assert.equal((await city.get('/api/v1/items?state=kept&on=2026-05-31&words=选址')).json.items[0].pledged, '8wd')
  assert.equal((await turn('restore', { from: '2026-08-01' })).json.now.content.pledged, '8wd')
  assert.deepEqual((await city.get(at)).json.versions.map((v) => v.state), ['kept', 'kept', 'cut', 'kept'])
  assert.equal((await city.get('/api/v1/items/none')).status, 404)
})

test('a table goes in whole or not at all, and comes out again', async (t) => {
  const city = await City.start({ clock })
  t.after(() => city.stop())
  assert.equal((await city.put('/api/v1/units/shuili', { name: '水利局', opened: '2025-01-01' })).status, 200)
  const table = (csv, query) => city.ask('POST', `/api/v1/tables/items?${query}`, { raw: csv })
  const csv = '事项编码,事项名称,事项类型,单位,法定时限,承诺时限\ns-1,取水许可,行政许可,shuili,20个工作日,7个工作日\n' +
    's-2,采砂许可,1,shuili,,\n'
  const seen = await table(csv, 'preview=true&on=2026-01-01')
  assert.equal(seen.json.plan.counts.add, 2)
  assert.equal(seen.json.missing.no_statutory_limit, 1)
  assert.equal((await city.get('/api/v1/items/s-1')).status, 404)
  const wrong = await table(csv + 's-3,坏,1,shuili,5wd,6wd\n', 'preview=true')
  assert.deepEqual([wrong.json.plan.counts.refuse, wrong.json.plan.lines.at(-1).line], [1, 4])
  assert.match(wrong.json.plan.lines.at(-1).why, /above the statutory limit/)
  assert.equal((await table(csv + 's-3,坏,1,shuili,5wd,6wd\n', 'preview=false')).status, 400)
  assert.equal((await city.get('/api/v1/items')).json.items.length, 0)
  assert.equal((await table(csv, 'on=2026-01-01')).status, 200)
  const page = (await city.get('/api/v1/items?limit=1')).json
  assert.equal(page.next, 's-1')
  assert.equal((await city.get(`/api/v1/items?limit=1&cursor=${page.next}`)).json.items[0].code, 's-2')
  for (const form of ['csv', 'xlsx']) {
    const out = await city.get(`/api/v1/tables/items?form=${form}`)
    assert.match(out.headers.get('content-disposition'), new RegExp(`items\\.${form}`))
    assert.equal((await table(out.bytes, 'preview=true')).json.plan.counts.same, 2)
  }
})

test('the report of a programme, by API and command line alike', async (t) => {
  const city = await City.start({ clock })
  t.after(() => city.stop())
  const table = async (name, on, kind = 'items') => {
    const answer = await city.ask('POST', `/api/v1/tables/${kind}?on=${on}`, { raw: pack(name) })
    assert.equal(answer.status, 200, answer.text.slice(0, 300))
  }
  await table('units.csv', '2009-01-01', 'units')
  await table('1-before.csv', '2009-12-31')
  await table('2-after.csv', '2010-12-31')
  const dates = 'from=2009-12-31&to=2010-12-31&unit=shi&type=licence'
  const report = (await city.get(`/api/v1/item-report?${dates}&by=unit&against_x100=1150`)).json
  const limit = report.whole.averages.find((m) => m.id === 'limit')
  assert.deepEqual([report.whole.counts.kept, report.whole.counts.gone, report.whole.gone_share.percent], [184, 209, '53.18'])
  assert.deepEqual([limit.before.days, limit.after.days, limit.less.percent, limit.under.percent], ['19.89', '11.01', '44.65', '4.25'])
  assert.equal(report.groups.length, 20)
  const gone = (await city.get(`/api/v1/item-report/items?${dates}&figure=gone`)).json
  assert.deepEqual([gone.count, gone.items.length], [209, 209])
  assert.ok(gone.items.every((i) => i.before.state === 'kept' && i.after.state !== 'kept'))
  const group = report.groups[0]
  assert.equal((await city.get(`/api/v1/item-report/items?${dates}&figure=kept&group=${group.unit}`)).json.count, group.counts.kept)
  assert.equal((await city.get(`/api/v1/item-report/items?${dates}&figure=kepd`)).json.field, 'figure')
  assert.equal((await city.get('/api/v1/item-report?from=2010-12-31&to=2009-12-31')).json.field, 'to')

  // The same as a file, for everybody.
  const sheet = await city.get(`/api/v1/tables/item-report?${dates}&by=unit&against_x100=1150&lang=zh-CN`)
  assert.match(sheet.headers.get('content-disposition'), /reduction\.csv/)
  const behind = await city.get(`/api/v1/tables/item-report?${dates}&figure=gone`)
  assert.equal(behind.text.trim().split('\n').length, 1 + 209)
  const workbook = await city.get(`/api/v1/tables/item-report?${dates}&by=unit&form=xlsx`)
  assert.match(workbook.headers.get('content-type'), /spreadsheetml/)
  assert.equal(workbook.bytes.subarray(0, 2).toString(), 'PK')
  assert.equal((await city.get(`/api/v1/tables/item-report?${dates}&group=x`)).json.field, 'group')

  const args = ['item', 'report', ...city.place, '--from', '2009-12-31', '--to', '2010-12-31', '--unit', 'shi',
    '--type', 'licence', '--by', 'unit', '--against', '11.5']
  const told = JSON.parse(run([...args, '--json', '--lang', 'zh-CN']).stdout)
  assert.deepEqual(told, (await city.get(`/api/v1/item-report?${dates}&by=unit&against_x100=1150&lang=zh-CN`)).json)
  const csv = run([...args, '--csv', '--lang', 'zh-CN']).stdout
  assert.match(csv, /合计,393,184,209/)
  assert.equal(csv, sheet.text)
  assert.equal(run([...args, '--open', 'gone', '--csv']).stdout.trim().split('\n').length, 210)
  assert.match(run([...args, '--places', '1']).stdout, /53\.2/)
})

test('what is charged is compared with the catalogue of that day; nothing charged goes unrecorded', async (t) => {
  const city = await City.start({ clock })
  t.after(() => city.stop())
  const item = (from, fees) => city.put('/api/v1/items/gs-1', { from, content: { name: '食品经营许可', type: 'licence', unit: 'guihua', statutory: '20wd', fees } })
  const fee = { name: '工本费', standard: '每件10元', basis: '收费目录第1项' }
  assert.equal((await city.put('/api/v1/units/guihua', { name: '市规划局', opened: '2025-01-01' })).status, 200)
  assert.equal((await item('2026-01-01', [fee, { name: '检测费', standard: '按核定标准', basis: '收费目录第2项' }])).status, 200)
  const { json: own } = await city.post('/api/v1/public/matters', { kind: 'licence', data: { title: '开办小吃店', item: 'gs-1' } })
  const { code } = own
  const charge = (data) => city.move(code, 'charge', 'desk', data)
  const look = async (data) => (await city.post(`/api/v1/matters/${code}/moves/preview`, { move: 'charge', by: { role: 'desk' }, data })).json
  const kinds = async (data) => (await look(data)).cards.map((k) => [k.kind, k.level])

  // Before: what it would raise. Nothing is recorded by asking.
  assert.deepEqual(await kinds({ fee: '工本费', amount: '10' }), [])
  assert.deepEqual(await kinds({ fee: '工本费', amount: '10.01' }), [['excess_fee', 'red']])
  assert.deepEqual(await kinds({ fee: '工本费', amount: '20', quantity: 2 }), [])
  assert.deepEqual(await kinds({ fee: '加急费', amount: '200' }), [['unlisted_fee', 'red']])
  assert.deepEqual(await kinds({ fee: '检测费', amount: '900' }), []) // no amount to compare with
  assert.match((await look({ fee: '加急费', amount: '200' })).cards[0].clause, /第五十八条、第七十五条/)
  for (const [amount, field] of [['0', 'amount'], ['-1', 'amount'], ['10.001', 'amount'], ['十', 'amount'], [10, 'amount'], ['1000000000', 'amount']])
    assert.deepEqual([(await look({ fee: '工本费', amount })).field, amount], [field, amount])
  const said = run(['matter', 'move', code, 'charge', '--role', 'desk', 'fee=加急费', 'amount=200', '--preview', ...city.place])
  assert.match(said.stdout, /^state {2}registered -> registered\n[\s\S]*\nred card unlisted_fee: 收取目录以外的费用 .*第七十五条/)
  assert.equal((await city.get(`/api/v1/matters/${code}`)).json.timeline.length, 1)

  // It is recorded as it was, with what the catalogue said; the standard of a later day changes nothing.
  for (const data of [{ fee: '工本费', amount: '10.00', paper: '票据1号' }, { fee: '工本费', amount: '25', quantity: 2 }, { fee: '加急费', amount: '200' }])
    assert.equal((await charge(data)).status, 200)
  assert.equal((await item('2026-09-22', [{ ...fee, standard: '每件5元' }])).status, 200)
  const made = (await city.get(`/api/v1/matters/${code}`)).json.timeline.slice(1).map((e) => e.data)
  assert.deepEqual(made, [
    { fee: '工本费', amount: '10', fee_standard: '每件10元', fee_most: '10' },
    { fee: '工本费', amount: '25', quantity: 2, fee_standard: '每件10元', fee_most: '20' },
    { fee: '加急费', amount: '200' },
  ])
  const cards = await until(async () => {
    const all = (await city.get(`/api/v1/cards?matter=${code}&level=red`)).json.cards
    return all.length === 2 && all
  })
  assert.deepEqual(cards.map((k) => k.kind).sort(), ['excess_fee', 'unlisted_fee'])
  const whole = (await city.get(`/api/v1/cards/${cards.find((k) => k.kind === 'unlisted_fee').code}`)).json
  assert.deepEqual(whole.evidence.map((e) => e.move), ['file', 'charge'])

  // Given back: the card stays, as what happened happened. The applicant reads all of it.
  await city.made(code, 'refund', 'desk', { fee: '加急费', amount: '200', reason: '目录没有，全额退还' })
  const told = (await city.post('/api/v1/lookup', { code, secret: own.secret })).json.timeline.slice(1).map((e) => [e.move, e.fee, e.amount, e.fee_standard])
  assert.deepEqual(told, [['charge', '工本费', '10', '每件10元'], ['charge', '工本费', '25', '每件10元'], ['charge', '加急费', '200', ''], ['refund', '加急费', '200', undefined]])
  assert.equal((await city.get(`/api/v1/cards?matter=${code}&level=red`)).json.cards.length, 2)

  // Of a matter without an item no fee is listed; from the day of a new standard that one holds.
  const plain = (await city.file('licence', { title: '占道' })).json.code
  assert.equal((await city.post(`/api/v1/matters/${plain}/moves/preview`, { move: 'charge', by: { role: 'desk' }, data: { fee: '工本费', amount: '1' } })).json.cards[0].kind, 'unlisted_fee')
  await city.at('2026-09-22T09:00:00+08:00')
  assert.deepEqual(await kinds({ fee: '工本费', amount: '10' }), [['excess_fee', 'red']])
})
