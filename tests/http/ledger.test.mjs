// The ledger of rectifications: cause, action, evidence with its hash, struck off by another, recurring under its number,
// overdue with a card; and what of it stands on the portal.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { login } from '../logins.mjs'
import { City, logText, run, until } from './city.mjs'

test('a line of the ledger from its order to its being struck off, and again', async (t) => {
  const city = await City.start({ clock: '2026-03-02T09:00:00+08:00' })
  const folder = mkdtempSync(path.join(tmpdir(), 'hy-ledger-'))
  t.after(() => { rmSync(folder, { recursive: true, force: true }); return city.stop() })
  const command = (args) => {
    const out = run(args)
    assert.equal(out.status, 0, out.stderr)
    return out.stdout
  }
  const tokens = {}
  await city.halt()
  for (const [name, ...roles] of [['head', 'unit_head@gongan'], ['stranger', 'unit_head@chengguan'], ['office', 'efficacy_office'], ['both', 'unit_head@gongan', 'efficacy_office']]) {
    tokens[name] = login(command, city.place, name, roles)
  }
  await city.serve('2026-03-02T09:00:00+08:00')
  const as = (name, method, address, body) => city.ask(method, address, { body, token: tokens[name] })
  const moved = async (name, code, move, data) => {
    const { headers } = await as(name, 'GET', `/api/v1/matters/${code}`)
    return city.ask('POST', `/api/v1/matters/${code}/moves`, { body: { move, data }, token: tokens[name], headers: { 'If-Match': headers.get('etag') } })
  }
  const lines = async (name, more = '') => (await as(name, 'GET', `/api/v1/rectifications${more}`)).json.rectifications
  const exposed = async () => (await city.ask('GET', '/api/v1/public/exposures')).json

  const { json: filed } = await as('office', 'POST', '/api/v1/matters', { kind: 'rectification', data: { title: '三号窗口脱岗', body: '九时无人，十点一刻才到。', unit: 'gongan', channel: 'media', class: 'inspection_finding' } })
  const { code } = filed
  assert.deepEqual(await lines('stranger'), [])
  assert.deepEqual(await exposed(), { exposures: [], next: null })
  const line = async (name = 'office') => (await lines(name)).find((l) => l.code === code)
  assert.deepEqual([(await line()).fact, (await line()).cause, (await line()).progress, (await line()).papers], ['九时无人，十点一刻才到。', '', null, []])

  // Made public by the office, in words that name nobody; never what is protected.
  assert.equal((await moved('head', code, 'expose', { told: '窗口无人', approver: 'leader' })).status, 403)
  for (const [told, says] of [['电话13800138000的群众反映', /phone/], ['', /empty|needed/]]) {
    const r = await moved('office', code, 'expose', { told, approver: 'leader' })
    assert.equal(r.json.field, 'told')
    assert.match(r.json.detail, says)
  }
  assert.equal((await moved('office', code, 'expose', { told: '三号窗口上午九时无人值守，晚报三月一日报道。', approver: 'leader' })).status, 200)
  const guarded = (await as('office', 'POST', '/api/v1/matters', { kind: 'rectification', data: { title: '受保护', unit: 'gongan', guard: 'protected' } })).json.code
  assert.equal((await moved('office', guarded, 'expose', { told: '窗口无人', approver: 'leader' })).json.code, 'not_now')
  const [one] = (await exposed()).exposures
  assert.deepEqual([one.code, one.told, one.channel, one.open, one.progress, one.struck_off_at], [code, '三号窗口上午九时无人值守，晚报三月一日报道。', 'media', true, [], null])
  assert.equal((await exposed()).exposures.length, 1)

  // Overdue: a card, and the portal says so.
  await city.at('2026-04-02T00:00:01+08:00')
  const red = await until(async () => (await as('head', 'GET', `/api/v1/cards?matter=${code}&kind=overdue_statutory`)).json.cards[0])
  assert.equal(red.unit, 'gongan')
  assert.deepEqual((await lines('office', '?light=red&open=yes')).map((l) => l.code).includes(code), true)

  // Cause and action, evidence with its hash.
  assert.equal((await moved('head', code, 'sign', {})).status, 200)
  assert.equal((await moved('head', code, 'plan', { text: '三步走', cause: '没有替岗表', measure: '两人一岗，互为替岗' })).status, 200)
  const bytes = readFileSync(new URL('../fixtures/media/small.pdf', import.meta.url))
  const file = await city.ask('POST', `/api/v1/matters/${code}/files`, { raw: bytes, token: tokens.head })
  assert.equal(file.status, 201, file.text)
  assert.equal((await moved('head', code, 'reply', { text: '已排替岗表', paper: '整改报告1号' })).status, 200)
  const now = await line()
  assert.deepEqual([now.cause, now.measure, now.progress.move, now.progress.text, now.papers, now.verdict], ['没有替岗表', '两人一岗，互为替岗', 'reply', '已排替岗表', ['整改报告1号'], 'late'])
  assert.equal(now.files[0].hash, createHash('sha256').update(bytes).digest('hex'))

  // Struck off by another person than who mended it, whatever roles that one holds.
  const off = { ground: 'rectified', approver: 'leader', approver_name: '赵六', paper: '销号表1号' }
  assert.equal((await moved('head', code, 'close', off)).status, 403)
  assert.equal((await moved('both', code, 'close', off)).status, 200) // had no hand in it
  const done = await line()
  assert.deepEqual([done.open, done.verifier, done.approver], [false, '测试员', '赵六'])
  assert.ok((await exposed()).exposures[0].struck_off_at)

  // It recurs: the same number, a term of its own; who mends it then cannot strike it off either.
  const again = await moved('office', code, 'reopen', { ground: 'recurred', reason: '复查又无人值守' })
  assert.deepEqual([again.json.code, again.json.state], [code, 'rework'])
  assert.deepEqual([(await line()).recurred, (await line()).verifier, (await line()).open], [1, '', true])
  assert.equal((await moved('both', code, 'reply_again', { text: '已装考勤', paper: '整改报告2号' })).status, 200)
  assert.match((await moved('both', code, 'close', off)).json.detail, /another person/)
  assert.equal((await moved('office', code, 'tell', { told: '四月二日复查，已装考勤。' })).status, 200)
  assert.equal((await moved('office', code, 'close', off)).status, 200)
  const [end] = (await exposed()).exposures
  assert.deepEqual([end.recurred, end.open, end.progress.map((p) => p.told)], [1, false, ['四月二日复查，已装考勤。']])

  // What was not told is in neither the portal's answer nor the public log.
  const log = await logText(city)
  for (const words of ['九时无人，十点一刻', '没有替岗表', '赵六']) {
    assert.ok(!log.includes(words), words)
    assert.ok(!JSON.stringify(end).includes(words), words)
  }
  assert.ok(log.includes('已装考勤'))

  // As a table, over HTTP and on the command line.
  const csv = (await as('office', 'GET', '/api/v1/tables/rectifications?open=no')).text
  assert.ok(csv.split('\n').some((l) => l.startsWith(code) && l.includes('没有替岗表') && l.includes(now.files[0].hash)), csv)
  assert.ok(!(await as('stranger', 'GET', '/api/v1/tables/rectifications')).text.includes(code))
  await city.halt()
  assert.match(command(['rectification', 'list', '--open', 'no', ...city.place]), new RegExp(`${code}  gongan .*销号  三号窗口脱岗  \\(!\\)`))
  assert.equal(JSON.parse(command(['rectification', 'list', '--json', ...city.place])).rectifications.length, 2)
  const out = path.join(folder, '整改台账.csv')
  command(['rectification', 'list', '--out', out, ...city.place])
  assert.ok(readFileSync(out, 'utf8').includes('两人一岗'))
  command(['fsck', ...city.place])
  await city.serve('2026-04-03T09:00:00+08:00')
})
