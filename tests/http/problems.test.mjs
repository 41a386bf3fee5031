// A problem list: vague lines refused, reviewed by another person, sent back with the reason, entered into the ledger.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { login } from '../logins.mjs'
import { City, logText, run } from './city.mjs'

const concrete = { category: 'ill_delay', example: '让来办退休手续的王某为一份证明来回跑了三趟', place: '社保3号窗口', date: '2026-02-11',
  cause: '材料清单没有上墙，未一次告知', measure: '印发材料清单', responsible: '李某', due: '2026-04-30' }
const second = { ...concrete, category: 'lazy', example: '2月26日下午窗口无人，李师傅等到下班', place: undefined, date: undefined }
const vague = { ...concrete, example: '服务意识不够强，工作作风有待进一步加强', place: undefined, date: undefined }

test('a vague list is refused, a poor one sent back by another person, the accepted one enters the ledger once', async (t) => {
  const city = await City.start({ clock: '2026-03-02T09:00:00+08:00' })
  const folder = mkdtempSync(path.join(tmpdir(), 'hy-problems-'))
  t.after(() => { rmSync(folder, { recursive: true, force: true }); return city.stop() })
  const command = (args) => {
    const out = run(args)
    assert.equal(out.status, 0, out.stderr)
    return out.stdout
  }
  const tokens = {}
  await city.halt()
  for (const [name, ...roles] of [['head', 'unit_head@gongan'], ['deputy', 'unit_head@gongan'], ['stranger', 'unit_head@chengguan'], ['office', 'efficacy_office'], ['both', 'unit_head@gongan', 'efficacy_office']]) {
    tokens[name] = login(command, city.place, name, roles)
  }
  await city.serve('2026-03-02T09:00:00+08:00')
  const as = (name, method, address, body, headers) => city.ask(method, address, { body, token: tokens[name], headers })
  const moved = async (name, code, move, data) => {
    const { etag } = await as('office', 'GET', `/api/v1/matters/${code}`)
    return as(name, 'POST', `/api/v1/matters/${code}/moves`, { move, data }, { 'if-match': etag })
  }
  const file = (name, lines) => as(name, 'POST', '/api/v1/matters', { kind: 'problem_list', data: { title: '公安局问题清单', unit: 'gongan', class: 'unit_list', lines } })

  // While it is written: what is missing is named, line by line; nothing is recorded.
  const check = await as('head', 'POST', '/api/v1/problem-lists/check', { data: { lines: [concrete, vague, { example: '' }] } })
  assert.equal(check.json.ok, false)
  assert.deepEqual(check.json.lines[0], { n: 1, missing: [], vague: [] })
  assert.deepEqual(check.json.lines[1].vague.map((f) => f.id), ['stock', 'no_when', 'no_what'])
  assert.deepEqual(check.json.lines[2].missing, ['category', 'example', 'cause', 'measure', 'responsible', 'due'])
  assert.equal((await as('head', 'POST', '/api/v1/problem-lists/check', { data: { lines: [concrete, second] } })).json.ok, true)
  assert.equal((await as('head', 'POST', '/api/v1/problem-lists/check', { data: { lines: 7 } })).json.field, 'lines')

  // A vague line is refused, politely, and says which and why.
  const refused = await file('head', [concrete, vague])
  assert.equal(refused.status, 400)
  assert.equal(refused.json.field, 'lines')
  assert.match(refused.json.detail, /^please .*line 2: stock phrases.*when.*where/)
  for (const [wrong, says] of [[{ category: 'ill_nothing' }, /categories/], [{ date: '2026-03-03' }, /future/], [{ due: '' }, /`due` is needed/], [{ plase: 'x' }, /did you mean "place"/]]) {
    assert.match((await file('head', [{ ...concrete, ...wrong }])).json.detail, says)
  }
  assert.equal((await file('head', [])).json.field, 'lines')
  assert.equal((await file('office', [concrete])).status, 403)

  // Filed; seen by who may, reviewed by another person only, sent back with a reason.
  const filed = await file('head', [concrete, second])
  assert.equal(filed.status, 201, filed.text)
  const { code } = filed.json
  const at = `/api/v1/problem-lists/${code}`
  assert.equal((await as('stranger', 'GET', at)).status, 404)
  const list = (await as('head', 'GET', at)).json
  assert.deepEqual([list.state, list.lines.length, list.lines[0].category_title['zh-CN'], list.lines[1].date, list.may_enter], ['filed', 2, '拖拉延误', null, false])
  assert.equal((await moved('head', code, 'accept', {})).json.code, 'forbidden')
  assert.equal((await moved('head', code, 'send_back', { reason: '再想想' })).json.code, 'forbidden')
  assert.equal((await as('office', 'POST', `${at}/ledger`, {})).json.code, 'not_now')
  assert.equal((await moved('office', code, 'send_back', {})).json.field, 'reason')
  assert.equal((await moved('office', code, 'send_back', { reason: '第二项原因没有写到制度上' })).status, 200)
  assert.equal((await moved('head', code, 'refile', { lines: [vague] })).json.field, 'lines')
  assert.equal((await moved('deputy', code, 'refile', { lines: [{ ...concrete, cause: '清单三年未更新' }, second] })).status, 200)
  assert.equal((await as('head', 'GET', at)).json.lines[0].cause, '清单三年未更新')
  // Neither who filed it first nor who filed it again reviews it.
  for (const name of ['head', 'deputy']) assert.equal((await moved(name, code, 'accept', {})).json.code, 'forbidden')
  assert.equal((await moved('office', code, 'accept', {})).status, 200)

  // A list copied from it is shown beside it, with what both have marked; to nobody whom it does not concern.
  const other = await as('stranger', 'POST', '/api/v1/matters', { kind: 'problem_list', data: { title: '城管局问题清单', unit: 'chengguan', class: 'unit_list',
    lines: [{ ...concrete, category: 'lazy', example: '让来办占道手续的王某为一份证明来回跑了三趟', cause: '清单三年未更新' }, { ...second, example: '3月1日巡查车停在河边两小时', cause: '没有轨迹核对', measure: '按轨迹抽查' }] } })
  assert.equal(other.status, 201, other.text)
  const { json: copies } = await as('office', 'GET', `${at}/copies`)
  assert.deepEqual([copies.lists, copies.found, copies.pairs.length], [1, 1, 1])
  const [pair] = copies.pairs
  assert.deepEqual([pair.mine.n, pair.other.code, pair.other.n], [1, other.json.code, 1])
  assert.ok(pair.alike >= 70 && pair.alike < 100, pair.alike)
  assert.ok(pair.other.parts.some((p) => !p.shared && p.text.includes('占道')), JSON.stringify(pair.other.parts))
  assert.ok(pair.mine.parts.some((p) => p.shared && p.text.includes('来回跑了三趟')))
  assert.equal(pair.mine.parts.map((p) => p.text).join('').startsWith(concrete.example), true)
  assert.equal((await as('office', 'GET', `${at}/copies?least=100`)).json.found, 0)
  assert.equal((await as('head', 'GET', `${at}/copies`)).json.lists, 0)
  assert.equal((await as('stranger', 'GET', `${at}/copies`)).status, 404)
  assert.equal((await as('office', 'GET', `${at}/copies?least=20`)).json.field, 'least')

  // Into the ledger: one line, then all; none twice; the unit cannot, strangers see nothing.
  assert.equal((await as('stranger', 'POST', `${at}/ledger`, {})).status, 404)
  assert.equal((await as('head', 'POST', `${at}/ledger`, {})).status, 403)
  assert.equal((await as('office', 'POST', `${at}/ledger`, { line: 3 })).json.field, 'line')
  assert.equal((await as('office', 'POST', `${at}/ledger`, { line: 'x' })).json.field, 'line')
  const one = await as('office', 'POST', `${at}/ledger`, { line: 2 })
  assert.equal(one.status, 200, one.text)
  assert.equal(one.json.lines[0].rectification, null)
  const kept = one.json.lines[1].rectification.code
  const all = (await as('office', 'POST', `${at}/ledger`, {})).json
  assert.equal(all.lines[1].rectification.code, kept)
  const entered = all.lines[0].rectification
  assert.match(entered.due_at, /^2026-04-30T23:59:59/)
  assert.deepEqual((await as('office', 'POST', `${at}/ledger`, {})).json.lines.map((l) => l.rectification.code), [entered.code, kept])
  const mending = (await as('head', 'GET', `/api/v1/matters/${entered.code}`)).json
  assert.deepEqual([mending.unit, mending.class], ['gongan', 'problem_listed'])
  for (const words of [code, concrete.example, '清单三年未更新', concrete.measure, '李某']) assert.ok(mending.body.includes(words), words)

  // Struck off by another person than who mended it, whatever roles that one holds; recurring it keeps its number.
  assert.equal((await moved('both', kept, 'reply', { text: '已装考勤', paper: '整改报告1号' })).status, 200)
  const off = { ground: 'rectified', approver: 'leader', paper: '销号表1号' }
  const closes = async (name) => (await as(name, 'GET', `/api/v1/matters/${kept}`)).json.moves.some((m) => m.move === 'close')
  assert.deepEqual([await closes('both'), await closes('head'), await closes('office')], [false, false, true])
  const own = await moved('both', kept, 'close', off)
  assert.deepEqual([own.status, own.json.code], [403, 'forbidden'])
  assert.match(own.json.detail, /another person/)
  assert.equal((await moved('office', kept, 'close', off)).status, 200)
  assert.equal((await as('office', 'GET', at)).json.lines[1].rectification.open, false)
  const again = await moved('office', kept, 'reopen', { ground: 'recurred', reason: '复查又无人值守' })
  assert.deepEqual([again.json.code, again.json.state], [kept, 'rework'])

  // Nothing of what was written stands in the public log.
  const log = await logText(city)
  for (const words of ['王某', '李某', '清单三年']) assert.ok(!log.includes(words), words)

  // The command line: a table checked, filed, sent back, filed again, accepted, entered.
  await city.halt()
  const table = path.join(folder, 'list.csv')
  const rows = (...examples) => writeFileSync(table, ['类别,具体事例,日期,原因,整改措施,责任人,整改期限',
    ...examples.map((x) => `拖拉延误,${x},2026-02-11,未一次告知,印发清单,李某,2026-04-30`)].join('\n'))
  rows('工作不够扎实')
  assert.match(run(['problem', 'check', table, ...city.place]).stdout, /1 {2}太短/)
  assert.notEqual(run(['problem', 'file', table, '--unit', 'gongan', '--by', '王五', ...city.place]).status, 0)
  rows('让办证的张某为一份证明跑了两趟')
  assert.match(run(['problem', 'check', table, ...city.place]).stdout, /ok/)
  const made = JSON.parse(command(['problem', 'file', table, '--unit', 'gongan', '--person', 'head', '--by', '王五', '--json', ...city.place]))
  assert.deepEqual([made.class, made.person, made.state], ['person_list', 'head', 'filed'])
  const move = (name, what, ...more) => run(['matter', 'move', made.code, what, ...more, '--role', 'efficacy_office', '--name', name, ...city.place])
  assert.match(move('王五', 'accept').stderr, /another person/)
  assert.equal(move('赵六', 'send_back', 'reason=请写原因').status, 0)
  command(['problem', 'file', table, '--again', made.code, '--by', '王五', ...city.place])
  assert.equal(move('赵六', 'accept').status, 0)
  assert.match(command(['problem', 'enter', made.code, '--by', '赵六', ...city.place]), /> ZG-2026-/)
  assert.match(command(['problem', 'copies', code, ...city.place]), /%  WT-2026-\d+  chengguan {2}城管局问题清单\n {3}1 {2}.*\[/)
  assert.match(command(['problem', 'show', made.code, ...city.place]), /审核通过/)
  await city.serve('2026-03-03T09:00:00+08:00')
})
