// Raters with codes over HTTP: once, again by the same, never traced; what comes of it, recomputed by two programs.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import test from 'node:test'
import { login } from '../logins.mjs'
import { City, run } from './city.mjs'
import { huiyin, root } from './contract.mjs'

const make = (command, city) => {
  for (const unit of [['jia', '甲局'], ['yi', '乙局'], ['bing', '丙局']]) command(['unit', 'make', ...unit, '--opened', '2026-01-01', ...city.place])
}
const nonce = (n) => `0123456789012345678901-${n}`

test('raters are asked, answer once, and their marks go into the frozen round', async (t) => {
  const city = await City.start({ clock: '2026-11-02T09:00:00+08:00', packs: ['packs/base', 'tests/packs/raters'] })
  t.after(() => city.stop())
  const tokens = {}
  await city.halt()
  const command = (args) => {
    const out = run(args)
    assert.equal(out.status, 0, out.stderr)
    return out.stdout
  }
  make(command, city)
  for (const [name, ...roles] of [['office', 'efficacy_office'], ['head', 'unit_head@gongan']]) tokens[name] = login(command, city.place, name, roles)
  await city.serve('2026-11-02T09:00:00+08:00')
  const as = (name, method, address, body) => city.ask(method, address, { body, token: tokens[name] ?? null })
  const rate = (code, ratings, n = 1) => as('nobody', 'POST', '/api/v1/ratings', { code, nonce: nonce(n), ratings })

  assert.equal((await as('office', 'POST', '/api/v1/rounds', { scheme: 'review', from: '2026-10-01' })).status, 201)
  const surveys = '/api/v1/rounds/review-2026-10/surveys'
  const asked = { panel: 'panel', raters: 'people', from: '2026-11-02', until: '2026-11-06' }
  assert.equal((await as('head', 'POST', surveys, asked)).status, 403)
  assert.equal((await as('office', 'POST', surveys, { ...asked, units: ['nobody'] })).json.field, 'units')
  assert.equal((await as('office', 'POST', surveys, { ...asked, until: '2026-11-01' })).json.field, 'until')
  const { survey } = (await as('office', 'POST', surveys, asked)).json
  assert.deepEqual([survey.code, survey.units.length, survey.now], ['review-2026-10-s1', 3, true])
  assert.equal((await as('head', 'POST', `/api/v1/surveys/${survey.code}/codes`, { count: 3 })).status, 403)
  const { codes } = (await as('office', 'POST', `/api/v1/surveys/${survey.code}/codes`, { count: 6 })).json
  const { codes: [own] } = (await as('office', 'POST', `/api/v1/surveys/${survey.code}/codes`, { count: 1, own: 'jia' })).json
  assert.equal(new Set(codes).size, 6)
  for (const code of codes) assert.match(code, /^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}$/)

  // What a code asks; one's own unit is not among it.
  const form = await as('nobody', 'POST', '/api/v1/rating-form', { code: codes[0].toLowerCase().replaceAll('-', ' ') })
  assert.deepEqual(form.json.units.map((u) => u.code).sort(), ['bing', 'jia', 'yi'])
  assert.deepEqual([form.json.spent, form.json.now, form.json.levels.find((l) => !l.scored).id], [false, true, 'dk'])
  assert.deepEqual((await as('nobody', 'POST', '/api/v1/rating-form', { code: own })).json.units.map((u) => u.code).sort(), ['bing', 'yi'])
  assert.equal((await as('nobody', 'POST', '/api/v1/rating-form', { code: '2222-2222-2222-2222' })).status, 404)
  assert.equal((await rate(own, { jia: ['good', 'good'] })).json.field, 'ratings')

  // Once; again by the same; not another.
  const good = { jia: ['good', 'good'], yi: ['fair', 'dk'] }
  assert.deepEqual((await rate(codes[0], good)).json, { taken: true })
  assert.deepEqual((await rate(codes[0], { yi: ['fair', 'dk'], jia: ['good', 'good'] })).json, { taken: true })
  assert.equal((await rate(codes[0], { jia: ['poor', 'good'] })).json.code, 'exists')
  assert.equal((await rate(codes[0], good, 2)).json.code, 'exists')
  assert.equal((await as('nobody', 'POST', '/api/v1/rating-form', { code: codes[0] })).json.spent, true)
  // At the same time: one of them, or the same answer.
  const both = await Promise.all([rate(codes[1], good), rate(codes[1], { jia: ['poor', 'poor'] }, 2), rate(codes[1], good)])
  const taken = both.map((a) => a.status)
  assert.ok([[200, 409, 200], [409, 200, 409]].some((x) => String(x) === String(taken)), String(taken))
  // On a phone without scripts: the code opens the form, an empty one is sent back, the same again succeeds, another does not.
  const plain = async (address, fields) => {
    const answer = await fetch(city.url + address, { method: fields ? 'POST' : 'GET', body: fields && new URLSearchParams(fields) })
    return { status: answer.status, text: await answer.text() }
  }
  assert.match((await plain('/plain/rate?lang=en')).text, /name="code"/)
  assert.equal((await plain('/plain/rate', { code: '2222-2222-2222-2222' })).status, 404)
  const opened = await plain('/plain/rate', { code: codes[5].toLowerCase() })
  assert.equal(opened.status, 200)
  assert.equal((opened.text.match(/<fieldset/g) ?? []).length, 3)
  assert.equal((opened.text.match(/type="radio"/g) ?? []).length, 3 * 2 * form.json.levels.length)
  const [, drawn] = /name="nonce" value="([0-9a-f]{32})"/.exec(opened.text)
  const ballot = { code: codes[5], nonce: drawn, 'jia.0': 'poor', 'jia.1': 'fair' }
  const empty = await plain('/plain/rating', { code: codes[5], nonce: drawn })
  assert.equal(empty.status, 400)
  assert.ok(empty.text.includes(drawn) && empty.text.includes('role="alert"'))
  assert.equal((await plain('/plain/rating', { ...ballot, 'jia.0': 'nothing' })).status, 400)
  for (let i = 0; i < 2; i++) assert.equal((await plain('/plain/rating', ballot)).status, 200)
  const other = await plain('/plain/rating', { ...ballot, 'jia.0': 'good' })
  assert.equal(other.status, 409)
  assert.doesNotMatch(other.text, /type="radio"/)
  for (const [i, answer] of ['good', 'fair', 'fair'].entries()) assert.equal((await rate(codes[i + 2], { jia: [answer, 'fair'] })).status, 200)

  // Nobody sees a mark before the last day is over.
  const listed = (await as('head', 'GET', surveys)).json
  assert.deepEqual([listed.surveys[0].returned, listed.surveys[0].issued], [6, 7])
  assert.deepEqual(listed.panels[0].raters.map((r) => [r.id, r.least, r.trim]), [['people', 5, 1], ['peers', 5, 0]])
  const whole = async () => (await as('office', 'GET', '/api/v1/rounds/review-2026-10/units/jia')).json.indicators.find((i) => i.id === 'raters')
  assert.deepEqual((await whole()).raters, [])
  assert.equal((await as('office', 'POST', '/api/v1/rounds/review-2026-10/freeze', {})).json.code, 'not_now')
  // Not even in the log: what was rated is no part of what is public.
  const log = Buffer.from((await city.get('/api/v1/rounds')).bytes)
  assert.ok(!log.includes('good'))

  await city.at('2026-11-07T09:00:00+08:00')
  assert.equal((await rate(own, { yi: ['good', 'good'] })).json.code, 'not_now')
  assert.deepEqual((await rate(codes[0], good)).json, { taken: true }) // a repetition that comes late
  assert.equal((await as('office', 'POST', '/api/v1/rounds/review-2026-10/marks', { unit: 'jia', of: 'raters', value: 1, evidence: 'x' })).json.field, 'of')
  assert.equal((await as('office', 'POST', '/api/v1/rounds/review-2026-10/freeze', {})).status, 200)
  const { raters } = await whole()
  assert.deepEqual(raters.map((r) => [r.id, r.ballots, r.counts, r.left_out]), [['people', 6, true, 2]])
  // 100, 100 or 25, 85, 70, 70, 47.5: without the highest and the lowest
  assert.equal(raters[0].points, taken[1] === 200 ? 681250 : 812500)

  // Both programs recompute it, and see what was changed; no code is in the bundle.
  await city.halt()
  const file = path.join(city.dir, 'bundle.json')
  command(['bundle', 'review-2026-10', file, ...city.place])
  const text = (await import('node:fs')).readFileSync(file, 'utf8')
  for (const code of [...codes, own]) assert.ok(!text.includes(code) && !text.includes(code.replaceAll('-', '')))
  const second = (f) => spawnSync(process.execPath, ['tools/verify-result.mjs', f], { cwd: root, encoding: 'utf8' })
  assert.match(command(['verify-result', file]), /the same to the byte/)
  assert.match(second(file).stdout, /the same to the byte/)
  const spoilt = path.join(city.dir, 'spoilt.json')
  const spoil = async (change) => {
    const b = JSON.parse(text)
    change(b)
    ;(await import('node:fs')).writeFileSync(spoilt, JSON.stringify(b))
    assert.equal(spawnSync(huiyin, ['verify-result', spoilt]).status, 6)
    assert.equal(second(spoilt).status, 1)
  }
  await spoil((b) => { b.inputs = b.inputs.replace('850000,', '860000,') })
  await spoil((b) => { b.scheme.panels[0].groups[0].trim = 2 })
  await spoil((b) => { b.scheme.panels[0].groups[0].least = 7 })

  // Void, with a reason; the correction is a further version.
  await city.serve('2026-11-07T10:00:00+08:00')
  assert.equal((await as('office', 'POST', `/api/v1/surveys/${survey.code}/void`, { reason: '有人代填' })).json.survey.void, true)
  assert.equal((await as('office', 'GET', surveys)).json.surveys[0].reason, '有人代填')
  assert.equal((await as('office', 'POST', '/api/v1/rounds/review-2026-10/freeze', { reason: '评议作废' })).status, 200)
  assert.deepEqual((await whole()).raters, [])
})

test('paper forms are entered from a table, all or none, and the same again', async (t) => {
  const city = await City.start({ clock: '2026-11-02T09:00:00+08:00', packs: ['packs/base', 'tests/packs/raters'] })
  t.after(() => city.stop())
  await city.halt()
  const { readFileSync, writeFileSync, statSync } = await import('node:fs')
  make(run, city)
  const at = (...args) => run([...args, ...city.place])
  assert.equal(at('round', 'open', '--scheme', 'review', '--from', '2026-10-01').status, 0)
  const today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)
  assert.equal(at('survey', 'open', 'review-2026-10', '--panel', 'panel', '--raters', 'people', '--from', today, '--until', today, '--units', 'jia,bing').status, 0)
  const file = path.join(city.dir, 'codes.csv'), forms = path.join(city.dir, 'forms.csv')
  const out = at('survey', 'codes', 'review-2026-10-s1', '--count', '2', '--address', 'https://h.example', '--out', file)
  assert.match(out.stdout, /0\/2/)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const [a, b] = readFileSync(file, 'utf8').trim().split('\n').map((l) => l.split(','))
  assert.equal(a[1], `https://h.example/rate#${a[0]}`)
  writeFileSync(forms, `code,unit,answers\n${a[0]},jia,good fair\n${a[0]},bing,dk dk\n${b[0]},jia,good bad\n`)
  const wrong = at('survey', 'enter', forms)
  assert.match(wrong.stderr, /line 4: .*nothing was entered/)
  writeFileSync(forms, `code,unit,answers\n${a[0]},jia,good fair\n${a[0]},bing,dk dk\n${b[0]},jia,good fair\n`)
  for (let i = 0; i < 2; i++) assert.equal(at('survey', 'enter', forms).stdout, '2 forms\n')
  assert.match(at('survey', 'list', 'review-2026-10').stdout, /2\/2/)
  await city.serve()
})
