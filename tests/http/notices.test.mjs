// Notices: one for each unit from a list of matters, from a card, from what was found; served, answered late, kept as
// closely as their matters.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { login } from '../logins.mjs'
import { City, run, until } from './city.mjs'

test('a notice is issued, numbered, served, answered late, and has cards of its own', async (t) => {
  const city = await City.start({ clock: '2026-03-02T09:00:00+08:00' })
  const folder = mkdtempSync(path.join(tmpdir(), 'hy-notices-'))
  t.after(() => { rmSync(folder, { recursive: true, force: true }); return city.stop() })
  const command = (args) => {
    const out = run(args)
    assert.equal(out.status, 0, out.stderr)
    return out.stdout
  }
  const text = (bytes) => {
    const file = path.join(folder, 'notice.pdf')
    writeFileSync(file, bytes)
    return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).replace(/\s+/g, '')
  }
  const tokens = {}
  await city.halt()
  for (const [name, ...roles] of [['head', 'unit_head@gongan'], ['deputy', 'unit_head@gongan'], ['stranger', 'unit_head@chengguan'], ['office', 'efficacy_office']]) {
    tokens[name] = login(command, city.place, name, roles)
  }
  await city.serve('2026-03-02T09:00:00+08:00')
  const as = (name, method, address, body) => city.ask(method, address, { body, token: tokens[name] })
  const moved = async (name, code, move, data) => {
    const { headers } = await as(name, 'GET', `/api/v1/matters/${code}`)
    return city.ask('POST', `/api/v1/matters/${code}/moves`, { body: { move, data }, token: tokens[name], headers: { 'If-Match': headers.get('etag') } })
  }
  const issue = (form, data, more = {}) => as('office', 'POST', '/api/v1/notices', { form, data, ...more })

  const lamp = (await city.file('complaint', { title: '路灯不亮', unit: 'gongan' })).json.code
  const road = (await city.file('complaint', { title: '路面坑洼', unit: 'gongan' })).json.code
  const noise = (await city.file('complaint', { title: '夜间施工', unit: 'chengguan' })).json.code
  const nobody = (await city.file('complaint', { title: '还没有单位' })).json.code
  const about = (await city.file('complaint', { title: '态度恶劣', unit: 'gongan', about_person: 'deputy' })).json.code
  await city.at('2026-09-14T10:00:00+08:00')
  await until(async () => (await as('office', 'GET', `/api/v1/cards?matter=${lamp}&kind=overdue_statutory`)).json.cards[0])

  // What cannot be: nothing named, named twice, not there, with nobody, with another unit, by who may not.
  for (const [data, says] of [[{ title: 'x', unit: 'gongan' }, /needed/], [{ matters: [lamp, lamp] }, /twice/], [{ matters: ['TS-2026-000999'] }, /no matter/],
    [{ matters: [nobody] }, /no unit/], [{ matters: [lamp, noise], unit: 'gongan' }, /one notice to each unit/]]) {
    const r = await issue('urging', data)
    assert.deepEqual([r.status, r.json.field], [400, 'matters'], r.text)
    assert.match(r.json.detail, says)
  }
  assert.equal((await as('head', 'POST', '/api/v1/notices', { form: 'urging', data: { matters: [lamp] } })).status, 403)
  assert.equal((await issue('praise', {})).json.field, 'form')
  assert.equal((await issue('urging', [])).json.field, 'data')

  // Matters of two units: a notice to each, numbered in a row.
  const two = await issue('urging', { matters: [lamp, noise, road], body: '市长信箱三次转来。' })
  assert.equal(two.status, 201, two.text)
  assert.deepEqual(two.json.notices.map((n) => [n.unit, n.number, n.matters, n.title]),
    [['chengguan', '效催〔2026〕1号', 1, '夜间施工'], ['gongan', '效催〔2026〕2号', 2, '路灯不亮等2件']])
  const { code } = two.json.notices[1]
  assert.match(two.json.notices[1].due_at, /^2026-09-20T23:59/) // five working days, that Sunday being one
  assert.equal((await as('stranger', 'GET', `/api/v1/matters/${code}`)).status, 404)
  assert.deepEqual((await as('stranger', 'GET', '/api/v1/notices?form=urging')).json.notices.map((n) => n.number), ['效催〔2026〕1号'])
  assert.deepEqual((await as('office', 'GET', '/api/v1/notices?form=urging&unit=gongan')).json.notices.map((n) => n.code), [code])
  assert.equal((await as('office', 'GET', '/api/v1/notices')).json.field, 'form')

  // The paper lists what it is about, with the date and how late it is.
  const paper = await as('head', 'GET', `/api/v1/matters/${code}/notice`)
  const says = text(paper.bytes)
  for (const words of ['催办通知书', '效催〔2026〕2号', lamp, road, '路灯不亮', '市长信箱三次转来', '请于2026年9月20日前', '逐件说明', '超期日数']) assert.ok(says.includes(words), `${words} is not in ${says}`)
  assert.ok(!says.includes(noise))

  // Served, late, answered: the clock of the notice is its own, those of its matters stay.
  const before = (await as('office', 'GET', `/api/v1/matters/${lamp}`)).json.due_at
  assert.equal((await moved('head', code, 'sign', {})).status, 200)
  assert.ok(text((await as('office', 'GET', `/api/v1/matters/${code}/notice?form=receipt`)).bytes).includes('送达文书：催办通知书'))
  const line = async () => (await as('office', 'GET', '/api/v1/notices?form=urging&unit=gongan')).json.notices[0]
  assert.match((await line()).served_at, /^2026-09-14/)
  await city.at('2026-09-22T00:00:01+08:00')
  const card = await until(async () => (await as('head', 'GET', `/api/v1/cards?matter=${code}&kind=overdue_statutory`)).json.cards[0])
  assert.equal(card.unit, 'gongan')
  assert.equal((await moved('head', code, 'reply', { text: '配件未到，九月底办结' })).status, 200)
  assert.deepEqual([(await line()).verdict, (await line()).state], ['late', 'replied'])
  assert.equal((await moved('head', code, 'close', { ground: 'explained' })).status, 403)
  assert.equal((await moved('office', code, 'close', { ground: 'explained' })).status, 200)
  assert.equal((await as('office', 'GET', `/api/v1/matters/${lamp}`)).json.due_at, before)
  // The paper of that day stays as it was, whatever became of its matters.
  assert.equal(text((await as('head', 'GET', `/api/v1/matters/${code}/notice`)).bytes), says)

  // What complains of somebody is urged without their seeing it.
  const kept = (await issue('urging', { matters: [about] })).json.notices[0].code
  assert.equal((await as('head', 'GET', `/api/v1/matters/${kept}`)).json.guard, 'protected')
  assert.equal((await as('deputy', 'GET', `/api/v1/matters/${kept}`)).status, 404)
  assert.equal((await as('deputy', 'GET', `/api/v1/matters/${kept}/notice`)).status, 404)

  // From a card: once in each form; not from one that is contested or annulled.
  const [red] = (await as('office', 'GET', `/api/v1/cards?matter=${road}&kind=overdue_statutory`)).json.cards
  const from = await issue('supervision', { limit: '3wd' }, { card: red.code })
  assert.equal(from.status, 201, from.text)
  assert.equal(from.json.notices[0].number, '效督〔2026〕1号')
  const supervised = text((await as('head', 'GET', `/api/v1/matters/${from.json.notices[0].code}/notice`)).bytes)
  for (const words of ['督办通知书', red.code, road, '期限为3个工作日']) assert.ok(supervised.includes(words), `${words} is not in ${supervised}`)
  assert.match((await issue('supervision', {}, { card: red.code })).json.detail, new RegExp(from.json.notices[0].code))
  assert.equal((await issue('supervision', { matters: [lamp] }, { card: red.code })).json.field, 'matters')
  assert.equal((await issue('supervision', {}, { card: 'KP-2026-999999' })).status, 404)
  assert.equal((await issue('urging', {}, { card: red.code })).status, 201)
  const mending = await issue('rectification', {}, { card: red.code })
  assert.match(mending.json.notices[0].number, /^效改〔2026〕1号$/)
  assert.equal((await as('office', 'GET', `/api/v1/cards/${red.code}`)).json.rectification.code, mending.json.notices[0].code)
  assert.deepEqual((await as('head', 'GET', `/api/v1/cards/${red.code}/notices`)).json.notices.map((n) => n.form), ['supervision', 'urging'])
  assert.equal((await as('stranger', 'GET', `/api/v1/cards/${red.code}/notices`)).status, 404)
  const [other] = (await as('office', 'GET', `/api/v1/cards?matter=${lamp}&kind=overdue_statutory`)).json.cards
  assert.equal((await as('head', 'POST', `/api/v1/cards/${other.code}/contest`, { reason: '配件未到' })).status, 200)
  assert.equal((await issue('urging', {}, { card: other.code })).json.code, 'not_now')

  // What an inspection found, and advice: without matters.
  const found = await issue('rectification', { title: '窗口脱岗', unit: 'chengguan', class: 'inspection_finding', channel: 'inspection' })
  assert.equal(found.json.notices[0].number, '效改〔2026〕2号')
  assert.equal((await issue('advice', { title: '合并两次签批', unit: 'gongan' })).json.field, 'body')
  const advice = (await issue('advice', { title: '合并两次签批', unit: 'gongan', body: '同一材料两次签批，建议合并。', matters: [lamp, road] })).json.notices[0]
  assert.deepEqual([advice.number, advice.matters], ['效建〔2026〕1号', 2])
  assert.ok(text((await as('head', 'GET', `/api/v1/matters/${advice.code}/notice`)).bytes).includes('效能建议书'))
  assert.equal((await moved('office', lamp, 'annul', { ground: 'entered_twice', reason: '同一件', approver: 'leader' })).status, 200)
  assert.match((await issue('urging', { matters: [lamp] })).json.detail, /finished/)

  // The command line.
  await city.halt()
  const made = JSON.parse(command(['notice', 'issue', 'urging', road, '--by', '王五', '--limit', '2wd', '--json', ...city.place])).notices[0]
  assert.deepEqual([made.unit, made.matters], ['gongan', 1])
  assert.match(command(['notice', 'list', '--form', 'urging', '--open', 'yes', ...city.place]), new RegExp(`${made.code}  效催〔2026〕\\d+号  gongan`))
  assert.match(run(['notice', 'issue', 'urgin', road, '--by', '王五', ...city.place]).stderr, /urging/)
  const out = path.join(folder, 'again.pdf')
  command(['notice', 'print', made.code, '--out', out, ...city.place])
  assert.ok(execFileSync('pdftotext', [out, '-'], { encoding: 'utf8' }).includes('催办通知书'))
  command(['fsck', ...city.place])
  await city.serve('2026-10-12T09:00:00+08:00')
})
