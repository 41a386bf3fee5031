// Units and posts over HTTP: the tree as of a day, reforms that take matters along, tables, A and B.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import test from 'node:test'
import { login } from '../logins.mjs'
import { City, noted } from './city.mjs'
import { huiyin, root } from './contract.mjs'

const clock = '2026-09-21T09:00:00+08:00'
const preview = (city, table, csv, query = 'preview=true') =>
  city.ask('POST', `/api/v1/tables/${table}?${query}`, { raw: csv })
const names = (answer) => answer.json.units.map((u) => `${'.'.repeat(u.depth)}${u.name}`).join(' ')

test('a city is reformed, and history keeps its names', async (t) => {
  const city = await City.start({ clock })
  t.after(() => city.stop())
  const csv = '代码,名称,类别,上级,设立日期\nju,市执法局,机关,,2026-01-01\nke,执法科,科室,ju,2026-01-01\n' +
    'ck,一号窗口,窗口,ke,2026-02-01\nlao,老局,机关,,2025-01-01\n'
  const plan = await preview(city, 'units', csv)
  assert.equal(plan.status, 200)
  assert.equal(plan.json.counts.add, 4)
  assert.equal((await city.get('/api/v1/units/ju')).status, 404)
  assert.equal((await preview(city, 'units', csv, 'on=2026-09-01')).json.counts.add, 4)
  assert.equal((await preview(city, 'units', csv)).json.counts.same, 4)

  // A row that cannot be: all of it stays out, and the preview says which line and why.
  const wrong = 'code,name,parent\nju,市综合执法局,\nxx,某科,nowhere\n'
  const seen = await preview(city, 'units', wrong)
  assert.deepEqual(seen.json.counts, { same: 0, add: 0, change: 1, close: 0, refuse: 1 })
  assert.equal(seen.json.lines[1].line, 3)
  assert.match(seen.json.lines[1].why, /no unit nowhere/)
  assert.equal((await preview(city, 'units', wrong, 'preview=false')).status, 400)
  assert.equal((await city.get('/api/v1/units/ju')).json.name, '市执法局')
  assert.equal((await preview(city, 'units', 'PK\u0003\u0004')).status, 400)
  assert.equal((await city.ask('POST', '/api/v1/tables/units')).status, 400)

  const rename = { name: '市综合行政执法局', from: '2026-06-01', reason: '机构改革' }
  assert.equal((await city.put('/api/v1/units/ju', rename)).status, 200)
  assert.equal((await city.put('/api/v1/units/ju', { name: 'x', from: '2026-05-01' })).status, 400)
  assert.equal((await city.put('/api/v1/units/ju', { name: 'x', from: '2026-12-01' })).status, 400)
  const ju = await city.get('/api/v1/units/ju')
  assert.deepEqual(ju.json.past.map((p) => [p.from, p.name]),
    [['2026-01-01', '市执法局'], ['2026-06-01', '市综合行政执法局']])
  assert.match(names(await city.get('/api/v1/units?day=2026-05-31')), /市执法局 \.执法科 \.\.一号窗口/)
  assert.match(names(await city.get('/api/v1/units?day=2026-06-01')), /市综合行政执法局 \.执法科/)
  assert.doesNotMatch(names(await city.get('/api/v1/units?day=2025-12-31')), /执法局/)

  // What a unit still has open goes along by an event of its own; no clock begins anew.
  const { json: filed } = await city.file('complaint', { title: '占道经营', channel: 'web' })
  await city.made(filed.code, 'dispatch', 'desk', { unit: 'lao' })
  const before = (await city.get(`/api/v1/matters/${filed.code}`)).json
  assert.equal((await city.post('/api/v1/units/lao/close', {})).status, 409)
  const key = { 'idempotency-key': 'merge-lao-once' }
  const merged = await city.post('/api/v1/units/lao/merge', { into: 'ju' }, key)
  assert.equal(merged.status, 200)
  assert.equal(merged.json.successor, 'ju')
  assert.equal((await city.post('/api/v1/units/lao/merge', { into: 'ju' }, key)).status, 200)
  assert.equal((await city.post('/api/v1/units/lao/merge', { into: 'ju' })).status, 409)
  const after = (await city.get(`/api/v1/matters/${filed.code}`)).json
  assert.equal(after.unit, 'ju')
  assert.equal(after.due_at, before.due_at)
  assert.equal(after.seq, before.seq + 1)
  assert.deepEqual(after.timeline.at(-1).unit_names, { lao: '老局', ju: '市综合行政执法局' })
  const late = await city.move(filed.code, 'hand_off', 'unit_head', { unit: 'lao', ground: 'not_competent' })
  assert.ok(late.status >= 400)

  const out = await city.get('/api/v1/tables/units?form=xlsx')
  assert.match(out.headers.get('content-disposition'), /units\.xlsx/)
  const again = await preview(city, 'units', out.bytes)
  assert.equal(again.json.counts.same, again.json.counts.same + again.json.lines.length)
})

test('A and B are never away together', async (t) => {
  const city = await City.start({ clock })
  t.after(() => city.stop())
  await city.halt()
  const run = (args) => execFileSync(huiyin, args, { cwd: root, encoding: 'utf8' })
  for (const name of ['wangfang', 'lijun', 'zhaomin']) run(['account', 'add', name, name, '--quiet', ...city.place])
  const head = login(run, city.place, 'head.ga', ['unit_head@gongan'])
  const other = login(run, city.place, 'head.cg', ['unit_head@chengguan'])
  await city.serve(clock)
  const post = { title: '综合受理岗', unit: 'gongan', role: 'handler' }
  assert.equal((await city.put('/api/v1/posts/ga-1', { ...post, role: 'sysadmin' })).status, 400)
  assert.equal((await city.put('/api/v1/posts/ga-1', { ...post, unit: 'nowhere' })).status, 400)
  assert.equal((await city.put('/api/v1/posts/ga-1', post)).status, 200)
  const give = (seat, login) => city.post('/api/v1/posts/ga-1/hand-over', { seat, login })
  assert.equal((await give('a', 'wangfang')).json.a.login, 'wangfang')
  assert.equal((await give('b', 'wangfang')).status, 409)
  assert.equal((await give('b', 'lijun')).json.b.login, 'lijun')
  const away = (login, from, until, more, token = city.tokens.admin) =>
    city.ask('POST', '/api/v1/absences', { body: { login, kind: 'sick', from, until, ...more }, token })
  const end = (id, token) => city.ask('POST', `/api/v1/absences/${id}/end`, { token })
  const first = await away('wangfang', '2026-09-21T13:00:00+08:00', '2026-09-22T18:00:00+08:00', { note: '复查' })
  assert.equal(first.status, 200, first.text)
  const both = await away('lijun', '2026-09-22T17:59:00+08:00', '2026-09-23T18:00:00+08:00')
  assert.equal(both.status, 409)
  assert.match(both.json.detail, /ga-1, A and B would be away together at 2026-09-22T17:59/)
  assert.equal((await away('lijun', '2026-09-22T18:00:00+08:00', '2026-09-23T18:00:00+08:00')).status, 200)

  // A head enters it for whoever sits in the units within reach and nowhere else, and takes no role by it.
  const [from, until] = ['2026-09-28T09:00:00+08:00', '2026-09-28T18:00:00+08:00']
  const seen = await away('lijun', from, until, {}, other)
  assert.equal(seen.status, 403, seen.text)
  assert.equal((await away('zhaomin', from, until, {}, head)).status, 403, 'without a seat there is no unit to reach')
  const taken = await away('wangfang', from, until, { substitute: 'head.ga' }, head)
  assert.deepEqual([taken.status, taken.json.field], [403, 'substitute'])
  const entered = await away('lijun', from, until, {}, head)
  assert.equal(entered.status, 200, entered.text)
  assert.equal((await end(entered.json.id, other)).status, 403)
  assert.equal((await end(entered.json.id, head)).status, 200)
  const elsewhere = { ...post, unit: 'chengguan' }
  assert.equal((await city.put('/api/v1/posts/cg-1', elsewhere)).status, 200)
  assert.equal((await city.post('/api/v1/posts/cg-1/hand-over', { seat: 'b', login: 'zhaomin' })).status, 200)
  assert.equal((await city.post('/api/v1/posts/cg-1/hand-over', { seat: 'a', login: 'lijun' })).status, 200)
  assert.equal((await away('lijun', from, until, {}, head)).status, 403, 'a seat elsewhere too')
  assert.equal((await city.post('/api/v1/posts/cg-1/close', {})).status, 200)

  await city.at('2026-09-22T09:00:00+08:00')
  const [plate] = (await city.get('/api/v1/plates?unit=gongan')).json.plates
  assert.equal(plate.acting.login, 'lijun')
  assert.deepEqual([plate.a_where.away, plate.a_where.kind, plate.b_where.away], [true, 'leave', false])
  assert.equal((await end(first.json.id, city.tokens.admin)).status, 200)
  assert.equal((await city.get('/api/v1/plates')).json.plates[0].acting, null)

  // The open matters of who leaves go along.
  const { json: filed } = await city.file('complaint', { title: '噪声', channel: 'web' })
  await city.made(filed.code, 'dispatch', 'desk', { unit: 'gongan' })
  await city.made(filed.code, 'assign', 'desk', { person: 'wangfang' })
  assert.equal((await city.post('/api/v1/posts/ga-1/hand-over', { seat: 'a', login: 'zhaomin', matters: true })).status, 200)
  assert.equal((await city.get(`/api/v1/matters/${filed.code}`)).json.person, 'zhaomin')
  const csv = (await city.get('/api/v1/tables/posts')).text
  assert.match(csv, /ga-1,综合受理岗,gongan,handler,zhaomin,lijun/)
  const swap = await preview(city, 'posts', csv.replace('zhaomin,lijun', 'lijun,zhaomin'))
  assert.deepEqual(swap.json.lines[0].fields, [
    { name: 'a', from: 'zhaomin', to: 'lijun' }, { name: 'b', from: 'lijun', to: 'zhaomin' }])

  // The audit trail has each: a post gives a role, and a table is taken out.
  assert.equal(await noted(city, 'post.change'), 8)
  assert.equal(await noted(city, 'export'), 1)
  assert.equal(await noted(city, 'post.substitute'), 0)
})

test('the command line does the same', async () => {
  const city = await City.start({ clock })
  await city.halt()
  const run = (...args) => spawnSync(huiyin, [...args, ...city.place], { cwd: root, encoding: 'utf8' })
  assert.equal(run('unit', 'make', 'q', '东区', '--kind', 'region', '--opened', '2026-01-01').status, 0)
  assert.equal(run('unit', 'make', 'qj', '东区执法局', '--parent', 'q', '--opened', '2026-01-01').status, 0)
  assert.equal(run('unit', 'change', 'qj', '--name', '东区综合执法局', '--from', '2026-03-01').status, 0)
  assert.match(run('unit', 'list', '--on', '2026-02-28').stdout, /q {2}东区 {2}region\n {2}qj {2}东区执法局 {2}organ\n/)
  assert.equal(JSON.parse(run('unit', 'show', 'qj', '--json').stdout).past.length, 2)
  assert.equal(run('unit', 'split', 'qj', 'qj1=一局', 'qj2=二局').status, 0)
  assert.notEqual(run('unit', 'close', 'q').status, 0)
  assert.equal(run('post', 'put', 'q-1', '巡查岗', '--unit', 'qj1', '--role', 'handler').status, 0)
  assert.match(run('post', 'board').stdout, /q-1 {2}巡查岗 {2}qj1 {2}handler {2}A - {2}B -/)
  const csv = execFileSync(huiyin, ['unit', 'export', ...city.place], { cwd: root })
  assert.match(csv.toString(), /qj,东区综合执法局,organ,q,2026-01-01,20\d\d-\d\d-\d\d,qj1/)
  assert.equal(run('fsck', '--quiet').status, 0)
  await city.serve(clock)
  await city.stop()
})
