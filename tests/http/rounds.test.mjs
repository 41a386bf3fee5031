// Results of a round to take away: who lost which point on which day, in the answer, as a table, as a paper.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { login } from '../logins.mjs'
import { City, noted, run } from './city.mjs'

const round = '/api/v1/rounds/conduct-2026-12'

// Thirty complaints of December; twelve answered late, most of them while Wang had them, who was followed by Li.
async function aMonth(t, { frozen = true } = {}) {
  const city = await City.start({ clock: '2026-12-02T09:00:00+08:00' })
  t.after(() => city.stop())
  const command = (args) => {
    const out = run(args)
    assert.equal(out.status, 0, out.stderr)
    return out.stdout
  }
  await city.halt()
  const tokens = { head: login(command, city.place, 'head', ['unit_head@gongan']), stranger: login(command, city.place, 'stranger', ['unit_head@chengguan']) }
  for (const [name, who] of [['wang', '王小明'], ['li', '李小红']]) command(['account', 'add', ...city.place, '--quiet', '--from', '2020-01-01', name, who])
  command(['unit', 'make', ...city.place, 'zhian', '治安科', '--kind', 'section', '--parent', 'gongan'])
  command(['unit', 'make', ...city.place, 'chuang', '户政窗口', '--kind', 'window', '--parent', 'zhian'])
  for (const role of ['handler', 'section_head']) command(['grant', 'add', ...city.place, 'officer', role, '--unit', 'chuang'])
  command(['post', 'put', ...city.place, 'zhian1', '治安一岗', '--role', 'handler', '--unit', 'chuang'])
  command(['post', 'hand', ...city.place, 'zhian1', 'a', 'wang', '--from', '2026-12-02T00:00:00+08:00'])
  await city.serve('2026-12-02T09:00:00+08:00')
  const codes = [], of = (i) => (i < 8 ? 'chuang' : 'gongan')
  for (let i = 0; i < 30; i++) {
    const filed = await city.file('complaint', { title: `第${i + 1}件，联系13800138000`, unit: of(i) })
    assert.equal(filed.status, 201, filed.text)
    codes.push(filed.json.code)
    await city.made(filed.json.code, 'assign', 'section_head', { person: i < 8 ? 'wang' : 'li' }, { unit: of(i) })
  }
  for (const code of codes.slice(12)) await city.made(code, 'reply', 'handler', { text: '已办' }, { unit: 'gongan' })
  await city.at('2027-03-01T09:00:00+08:00')
  // Whoever has it now is not who had it when it fell due.
  await city.made(codes[0], 'assign', 'section_head', { person: 'li' }, { unit: of(0) })
  for (const [i, code] of codes.slice(0, 12).entries()) await city.made(code, 'reply', 'handler', { text: '已办' }, { unit: of(i) })
  const done = async (address, body) => {
    const answer = await city.post(address, body)
    assert.ok(answer.status < 300, answer.text)
  }
  await done('/api/v1/rounds', { scheme: 'conduct', from: '2026-12-01' })
  for (const unit of ['gongan', 'chengguan', 'zhujian']) await done(`${round}/marks`, { unit, of: 'inspection', value: 800000, evidence: '检查' })
  if (frozen) await done(`${round}/freeze`, {})
  return { city, codes, as: (name, address) => city.ask('GET', address, { token: tokens[name] }) }
}

test('each lost point names the case, the clause, the post and the person of that day', async (t) => {
  const { city, codes, as } = await aMonth(t)
  const { json: why } = await as('head', `${round}/units/gongan`)
  const late = why.indicators.find((i) => i.id === 'in_time')
  assert.deepEqual([late.cases_lost, late.cases_all], [12, 30])
  const lost = late.cases.filter((c) => c.lost)
  assert.equal(lost.reduce((sum, c) => sum + c.points, 0), late.score.lost)
  const first = lost.find((c) => c.code === codes[0])
  assert.deepEqual([first.person, first.name, first.post, first.unit], ['wang', '王小明', '治安一岗', 'chuang'])
  assert.ok(first.clause && first.due_at && first.due_at < first.answered_at)
  const li = lost.find((c) => c.code === codes[11])
  assert.deepEqual([li.person, li.post], ['li', '']) // no post of hers
  // Once each, whatever stands above: all that cases cost, by whom.
  const cost = [...why.indicators.filter((i) => i.figure).map((i) => i.score.lost),
    ...why.adjusts.filter((a) => a.kind === 'deduction' && a.cases_lost).map((a) => a.score.points)].reduce((a, b) => a + b, 0)
  assert.equal(why.lost_by.reduce((sum, l) => sum + l.points, 0) + why.lost_beyond, cost)
  assert.ok(why.lost_by.some((l) => l.person === 'wang' && l.post === '治安一岗' && l.points > 0))
  // Rolled up: each unit what its people and the units below it lost, each case once.
  const node = (unit) => why.lost_in.find((n) => n.unit === unit), own = (n) => n.people.reduce((sum, p) => sum + p.points, 0)
  assert.deepEqual(why.lost_in.map((n) => [n.unit, n.kind, n.depth]), [['gongan', 'organ', 0], ['zhian', 'section', 1], ['chuang', 'window', 2]])
  assert.equal(node('gongan').points + why.lost_beyond, cost)
  assert.equal(node('zhian').points, node('chuang').points)
  assert.deepEqual(node('zhian').people, [])
  assert.equal(node('gongan').points, own(node('gongan')) + node('zhian').points)
  assert.equal(node('chuang').points, own(node('chuang')))
  // All thirty cost something, if only by the days they took or by being counted: each is one of them, whoever had it.
  const costly = new Set([...why.indicators, ...why.adjusts].flatMap((l) => l.cases).filter((c) => c.points).map((c) => c.code))
  assert.ok(costly.size >= 12)
  assert.equal(node('gongan').cases, costly.size)
  assert.equal(node('chuang').cases, [...costly].filter((c) => codes.indexOf(c) < 8).length)
  const mine = node('chuang').people.find((p) => p.person === 'wang')
  assert.deepEqual([mine.name, mine.post, mine.cases], ['王小明', '治安一岗', 8])
  // Another unit sees the score and how much was lost, and no case.
  const { json: theirs } = await as('stranger', `${round}/units/gongan`)
  assert.deepEqual(theirs.score, why.score)
  assert.deepEqual([theirs.indicators.flatMap((i) => i.cases), theirs.lost_by, theirs.lost_in], [[], [], []])
  assert.equal(theirs.lost_beyond, cost)
  await city.get(round)
})

test('a unit is warned of what it stands to lose while the round is open', async (t) => {
  const { city, codes, as } = await aMonth(t, { frozen: false })
  const { json: told } = await as('head', '/api/v1/warnings')
  assert.deepEqual(told.warnings.map((w) => [w.round.code, w.unit, w.applies]), [['conduct-2026-12', 'gongan', true]])
  const [w] = told.warnings, { json: why } = await as('head', `${round}/units/gongan`)
  assert.ok(why.preview)
  assert.equal(w.published, why.score.published) // nobody is struck here, so one alone has the score of all
  assert.equal(w.lost, 1000000 - why.score.points + why.adjusts.filter((a) => a.kind === 'deduction').reduce((sum, a) => sum + a.score.points, 0))
  assert.equal(w.lines.reduce((sum, l) => sum + l.lost, 0), w.lost)
  // Each case once, with the points of all its lines, and who had it that day.
  assert.equal(new Set(w.cases.map((c) => c.code)).size, w.cases.length)
  const first = w.cases.find((c) => c.code === codes[0])
  assert.deepEqual([first.person, first.name, first.post, first.unit], ['wang', '王小明', '治安一岗', 'chuang'])
  const lines = [...why.indicators, ...why.adjusts].flatMap((l) => l.cases.filter((c) => c.lost && c.code === codes[0]))
  assert.ok(lines.length > 1)
  assert.equal(first.points, lines.reduce((sum, c) => sum + c.points, 0))
  // Whoever is of another unit is warned of that one; the office, which is of none, of what it asks for.
  assert.deepEqual((await as('stranger', '/api/v1/warnings')).json.warnings.map((x) => [x.unit, x.cases.length]), [['chengguan', 0]])
  const { json: theirs } = await as('stranger', '/api/v1/warnings?unit=gongan')
  assert.deepEqual([theirs.warnings[0].lost, theirs.warnings[0].cases, theirs.warnings[0].cases_lost], [w.lost, [], w.cases_lost])
  assert.equal((await city.get('/api/v1/warnings?unit=nobody')).status, 404)
  // Frozen: it is too late to warn.
  assert.equal((await city.post(`${round}/freeze`, {})).status, 200)
  assert.deepEqual((await as('head', '/api/v1/warnings')).json.warnings, [])
  const { json: frozen } = await as('head', `${round}/units/gongan`)
  assert.deepEqual([frozen.preview, frozen.indicators, frozen.adjusts, frozen.lost_by], [false, why.indicators, why.adjusts, why.lost_by])
})

test('what would have been had one case gone otherwise', async (t) => {
  const { city, codes, as } = await aMonth(t)
  const { json: why } = await as('head', `${round}/units/gongan`)
  const { json: late } = await as('head', `${round}/units/gongan/cases/${codes[0]}`)
  assert.deepEqual(late.score, why.score)
  assert.deepEqual(late.otherwise.map((o) => o.as), ['in_time', 'not_counted'])
  const [inTime, gone] = late.otherwise.map((o) => o.score)
  const given = (unit, id) => unit.indicators.find((i) => i.id === id).given
  // 18 of 30 were in time: 19 of 30 is the scheme's line from 60 to 90 % again.
  assert.deepEqual(given(why, 'in_time'), { n: 18, d: 30, se: given(why, 'in_time').se })
  assert.equal(why.score.indicators.in_time.points, 0)
  assert.equal(inTime.indicators.in_time.points, Math.round((70 * 10000 * (19 / 30 - 0.6)) / 0.3))
  assert.equal(gone.indicators.in_time.points, Math.round((70 * 10000 * (18 / 29 - 0.6)) / 0.3))
  assert.equal(why.score.adjusts.late.times - 1, inTime.adjusts.late.times)
  assert.ok(inTime.total > why.score.total && gone.total > why.score.total)
  // One in time could only have been better by not being there; and what is not seen cannot be asked for.
  const { json: good } = await as('head', `${round}/units/gongan/cases/${codes[20]}`)
  assert.deepEqual(good.otherwise.map((o) => o.as), ['not_counted'])
  assert.equal(good.otherwise[0].score.indicators.in_time.points, 0)
  assert.equal((await as('stranger', `${round}/units/gongan/cases/${codes[0]}`)).status, 404)
  assert.equal((await as('head', `${round}/units/gongan/cases/TS-2026-999999`)).status, 404)
  assert.deepEqual((await as('head', `${round}/units/gongan`)).json, why) // nothing was written
  await city.get(round)
})

test('a round is taken away as table and paper, and that is noted', async (t) => {
  const { city, as } = await aMonth(t)
  const csv = await as('head', `${round}/table?form=csv`)
  assert.equal(csv.status, 200, csv.text)
  const lines = csv.text.trim().split('\r\n')
  assert.equal(lines.length, 4)
  assert.match(lines[0], /名次.*95%.*末位概率/)
  const english = (await city.get(`${round}/table?form=csv&lang=en`)).text
  assert.match(english, /chance of being among the last 3/)
  const bytes = async (address, magic) => {
    const answer = await as('head', address)
    assert.equal(answer.status, 200, answer.text.slice(0, 300))
    assert.equal(answer.bytes.subarray(0, magic.length).toString('latin1'), magic)
    assert.match(answer.headers.get('content-disposition'), /conduct-2026-12/)
    return answer.bytes
  }
  const words = (pdf) => {
    const file = path.join(city.dir, 'paper.pdf')
    writeFileSync(file, pdf)
    return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
  }
  await bytes(`${round}/table?form=xlsx`, 'PK')
  assert.match(words(await bytes(`${round}/table?form=pdf`, '%PDF')), /公安局/)
  await bytes(`${round}/units/gongan/file?form=xlsx`, 'PK')
  const unit = words(await bytes(`${round}/units/gongan/file?form=pdf`, '%PDF'))
  assert.match(unit, /王小明/)
  assert.doesNotMatch(unit, /13800138000/)
  // Before the public notice there is nothing to tell the others.
  assert.equal((await as('head', `${round}/circular`)).status, 409)
  assert.equal((await city.post(`${round}/publish`, undefined)).status, 200)
  const circular = words(await bytes(`${round}/circular?number=${encodeURIComponent('效通〔2026〕3号')}`, '%PDF'))
  assert.match(circular, /效通〔2026〕3号/)
  assert.match(circular, /关于2026年12月/)
  assert.equal((await as('head', `${round}/units/nobody/file?form=pdf`)).status, 404)
  assert.equal((await as('head', `${round}/table?form=doc`)).status, 400)
  assert.ok((await noted(city, 'export')) >= 7)
})

test('what is public is there for everybody, recomputes, and names nobody', async (t) => {
  const { city, codes } = await aMonth(t)
  const open = '/api/v1/public/rounds', one = `${open}/conduct-2026-12`
  const nobody = (address) => city.ask('GET', address, { token: null })
  // Frozen is not public.
  assert.deepEqual((await nobody(open)).json.rounds, [])
  for (const address of [one, `${one}/table`, `${one}/bundle`]) assert.equal((await nobody(address)).status, 404, address)
  assert.equal((await city.post(`${round}/publish`, undefined)).status, 200)
  const { json: list } = await nobody(open)
  assert.deepEqual(list.rounds.map((r) => [r.round.code, r.round.state, r.title.en]), [['conduct-2026-12', 'notice', 'Monthly appraisal of conduct']])
  const { json: whole } = await nobody(one)
  assert.equal(whole.units.length, 3)
  assert.ok(whole.scheme_titles.indicators.find((i) => i.id === 'in_time').definition.en)
  const csv = await nobody(`${one}/table?lang=en`)
  assert.match(csv.text, /^\ufeffplace,unit,code/)
  const bundle = await nobody(`${one}/bundle`)
  assert.equal(bundle.status, 200, bundle.text.slice(0, 200))
  for (const answer of [csv, bundle, await nobody(one)]) {
    for (const secret of ['王小明', '李小红', '13800138000', '第1件', '"wang"']) assert.ok(!answer.text.includes(secret), secret)
  }
  assert.ok(bundle.text.includes(codes[0])) // whoever knows the code finds it again
  const file = path.join(city.dir, 'bundle.json')
  writeFileSync(file, bundle.bytes)
  const said = run(['verify-result', file])
  assert.equal(said.status, 0, said.stderr)
  assert.match(said.stdout, /the same to the byte/)
  assert.match(execFileSync(process.execPath, ['tools/verify-result.mjs', file], { encoding: 'utf8' }), /the same to the byte/)
})
