// From a red card to the rectification struck off: ordered, served, late, returned, escalated, verified by another.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { login } from '../logins.mjs'
import { City, run, until } from './city.mjs'

test('a red card leads to a rectification, and that to its end', async (t) => {
  const city = await City.start({ clock: '2026-03-02T09:00:00+08:00' })
  const folder = mkdtempSync(path.join(tmpdir(), 'hy-notice-'))
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
  for (const [name, ...roles] of [['head', 'unit_head@gongan'], ['stranger', 'unit_head@chengguan'], ['office', 'efficacy_office']]) {
    tokens[name] = login(command, city.place, name, roles)
  }
  await city.serve('2026-03-02T09:00:00+08:00')
  const as = (name, method, address, body) => city.ask(method, address, { body, token: tokens[name] })
  const moved = async (name, code, move, data) => {
    const { headers } = await as(name, 'GET', `/api/v1/matters/${code}`)
    return city.ask('POST', `/api/v1/matters/${code}/moves`, { body: { move, data }, token: tokens[name], headers: { 'If-Match': headers.get('etag') } })
  }

  const filed = await city.file('complaint', { title: '路灯不亮', unit: 'gongan' })
  await city.at('2026-09-14T10:00:00+08:00')
  const red = await until(async () => (await as('office', 'GET', `/api/v1/cards?matter=${filed.json.code}&kind=overdue_statutory`)).json.cards[0])
  assert.equal(red.rectification, null)
  assert.equal((await as('head', 'GET', `/api/v1/cards/${red.code}`)).json.may.rectify, false)
  assert.equal((await as('office', 'GET', `/api/v1/cards/${red.code}`)).json.may.rectify, true)
  const at = `/api/v1/cards/${red.code}`

  // Only the office orders it, only of what is within reach, only once, and not of a warning.
  const order = { title: '限期修复路灯', body: '请说明报修为何中断。' }
  assert.equal((await as('head', 'POST', `${at}/rectification`, order)).status, 403)
  assert.equal((await as('stranger', 'POST', `${at}/rectification`, order)).status, 404)
  assert.equal((await as('office', 'POST', `${at}/rectification`, { limit: 'soon' })).json.field, 'limit')
  const [warning] = (await as('office', 'GET', `/api/v1/cards?matter=${filed.json.code}&level=warning`)).json.cards
  assert.equal((await as('office', 'POST', `/api/v1/cards/${warning.code}/rectification`, order)).json.code, 'not_now')
  const ordered = await as('office', 'POST', `${at}/rectification`, order)
  assert.equal(ordered.status, 200, ordered.text)
  const { code } = ordered.json.rectification
  assert.equal(ordered.json.rectification.state, 'registered')
  assert.match(ordered.json.rectification.due_at, /^2026-09-28T23:59/) // ten working days, with the holidays of autumn
  assert.deepEqual(ordered.json.history.at(-1).rectification, code)
  assert.equal(ordered.json.may.rectify, false)
  assert.equal((await as('office', 'POST', `${at}/rectification`, order)).json.code, 'not_now')

  // The paper: numbered, addressed, with clause and day; not for others.
  assert.equal((await as('stranger', 'GET', `/api/v1/matters/${code}/notice`)).status, 404)
  assert.equal((await as('office', 'GET', `/api/v1/matters/${filed.json.code}/notice`)).status, 400)
  const paper = await as('head', 'GET', `/api/v1/matters/${code}/notice`)
  assert.equal(paper.headers.get('content-type'), 'application/pdf')
  const says = text(paper.bytes)
  for (const words of ['效能整改通知书', '效改〔2026〕1号', '限期修复路灯', red.code, filed.json.code, '2026年9月28日', '期限为10个工作日']) {
    assert.ok(says.includes(words), `${words} is not in ${says}`)
  }

  // Served, and late: the rectification gets a card of its own, and the first card shows how far it is.
  assert.equal((await moved('head', code, 'sign', {})).status, 200)
  assert.ok(text((await as('office', 'GET', `/api/v1/matters/${code}/notice?form=receipt`)).bytes).includes('签收时间：2026年9月14日'))
  assert.equal((await as('head', 'GET', at)).json.rectification.state, 'handling')
  await city.at('2026-09-29T00:00:00+08:00')
  const late = await until(async () => (await as('head', 'GET', `/api/v1/cards?matter=${code}&kind=overdue_statutory`)).json.cards[0])
  assert.equal(late.unit, 'gongan')

  // The unit reports, the office returns it twice: the second time it is escalated, with a yellow card at once.
  const report = { text: '已修复', paper: '整改报告' }
  const poor = { ground: 'sent_back', reason: '未说明原因' }
  assert.equal((await moved('head', code, 'reply', report)).status, 200)
  assert.equal((await moved('head', code, 'close', { ground: 'rectified', approver: 'leader', paper: '销号表' })).status, 403)
  assert.equal((await moved('office', code, 'send_back', { ground: 'sent_back' })).json.field, 'reason')
  assert.equal((await moved('office', code, 'send_back', poor)).status, 200)
  assert.equal((await moved('head', code, 'reply_again', report)).status, 200)
  assert.equal((await moved('office', code, 'send_back', poor)).json.code, 'not_now')
  assert.equal((await moved('office', code, 'escalate', poor)).status, 200)
  const yellow = await until(async () => (await as('head', 'GET', `/api/v1/cards?matter=${code}&kind=escalated`)).json.cards[0])
  assert.equal(yellow.level, 'yellow')
  assert.equal((await as('head', 'GET', at)).json.rectification.title['zh-CN'], '升级督办')
  assert.equal((await moved('head', code, 'reply_again', report)).status, 200)
  assert.equal((await moved('office', code, 'close', { ground: 'rectified', approver: 'leader', paper: '销号表' })).status, 200)
  const end = (await as('head', 'GET', at)).json
  assert.deepEqual([end.state, end.rectification.state, end.rectification.open], ['stands', 'completed', false])

  // The command line: the same card, another order, the same paper.
  await city.halt()
  assert.match(command(['card', 'show', red.code, ...city.place]), new RegExp(`> ${code}  completed`))
  const second = JSON.parse(command(['card', 'rectify', yellow.code, '--by', '王五', '--limit', '5wd', '--json', ...city.place]))
  assert.match(second.rectification.code, /^ZG-2026-/)
  assert.notEqual(run(['card', 'rectify', yellow.code, '--by', '王五', ...city.place]).status, 0)
  const out = path.join(folder, 'again.pdf')
  assert.equal(JSON.parse(command(['notice', 'print', second.rectification.code, '--out', out, '--json', ...city.place])).file, out)
  assert.ok(execFileSync('pdftotext', [out, '-'], { encoding: 'utf8' }).replace(/\s+/g, '').includes('期限为5个工作日'))
  assert.equal(run(['notice', 'print', filed.json.code, ...city.place]).status !== 0, true)
  command(['fsck', ...city.place])
  await city.serve('2026-10-12T09:00:00+08:00')
})
