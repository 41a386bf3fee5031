// Whole lives of matters over HTTP, with their clocks.  Between days the server is stopped and started with
// the city's clock at the next one, so automatic moves happen as they would.
import assert from 'node:assert/strict'
import test from 'node:test'
import { City, clock, run } from './city.mjs'

const end = (day) => `${day}T23:59:59.999+08:00`

test('a complaint: filed, referred, handed on, answered, rated, done again, closed', async (t) => {
  const city = await City.start({ clock: '2026-03-02T10:00:00+08:00' })
  t.after(() => city.stop())
  const filed = await city.file('complaint', { title: '夜间施工噪音', body: '影响休息', place: '东街3号', channel: 'web',
    name: '张三', contact: '13800000000' })
  assert.equal(filed.status, 201)
  const { code, secret } = filed.json
  assert.match(code, /^TS-2026-\d{6}$/)
  const one = `/api/v1/matters/${code}`
  const read = async () => (await city.get(one)).json
  assert.equal(clock(filed.json, 'accept').due_at, end('2026-03-05'))
  assert.equal(clock(filed.json, 'handle').due_at, end('2026-04-01'))

  await city.at('2026-03-03T09:00:00+08:00')
  let m = await city.made(code, 'dispatch', 'desk', { unit: 'chengguan' }, { name: '王五' })
  assert.equal(m.state, 'dispatched')
  assert.equal(m.unit, 'chengguan')
  assert.equal(clock(m, 'accept').verdict, 'in_time')
  assert.equal(clock(m, 'hold').due_at, end('2026-03-24'))
  assert.equal(clock(m, 'hold').unit, 'chengguan')

  // The citizen's clock goes on; the next unit's holding clock begins anew.
  await city.at('2026-03-20T09:00:00+08:00')
  m = await city.made(code, 'hand_off', 'unit_head', { unit: 'zhujian', ground: 'duty_elsewhere' })
  assert.equal(clock(m, 'handle').due_at, end('2026-04-01'))
  assert.equal(clock(m, 'hold').run, 2)
  assert.equal(clock(m, 'hold').unit, 'zhujian')
  assert.equal(clock(m, 'hold').start_at, m.timeline.at(-1).at)
  assert.equal(m.clocks.find((c) => c.clock === 'hold' && c.run === 1).verdict, 'in_time')

  // A preview changes nothing.
  await city.at('2026-03-30T09:00:00+08:00')
  const extend = { limit: '10cd', reason: '需检测', approver: 'unit_head' }
  const seen = await city.get(one)
  const preview = await city.post(`${one}/moves/preview`, { move: 'extend', by: { role: 'handler' }, data: extend })
  assert.equal(preview.status, 200, preview.text)
  assert.equal(clock(preview.json.before, 'handle').due_at, end('2026-04-01'))
  assert.equal(clock(preview.json.after, 'handle').due_at, end('2026-04-11'))
  assert.equal((await city.get(one)).etag, seen.etag)

  m = await city.made(code, 'extend', 'handler', extend)
  assert.equal(clock(m, 'handle').due_at, end('2026-04-11'))
  assert.equal(clock(m, 'handle').original_due_at, end('2026-04-01'))
  await city.refused(code, 'not_now', null, 'extend', 'handler', extend)

  await city.at('2026-04-10T16:00:00+08:00')
  m = await city.made(code, 'reply', 'handler', { text: '已责令停止夜间施工' }, { name: '李四' })
  assert.equal(m.state, 'replied')
  assert.equal(m.verdict, 'in_time')
  assert.equal(m.answered_at, m.timeline.at(-1).at)
  assert.equal(clock(m, 'hold').state, 'stopped')

  await city.at('2026-04-13T09:00:00+08:00')
  // What the citizen does is entered at the machine itself: officers cannot do it for him.
  await city.refused(code, 'forbidden', 'by', 'rate', 'citizen', { level: 1 })
  await city.halt()
  const entered = (move, ...fields) => {
    const at = ['--at', '2026-04-13T09:00:00+08:00', '--role', 'citizen']
    const done = run(['matter', 'move', ...city.place, ...at, code, move, ...fields])
    assert.equal(done.status, 0, done.stderr)
  }
  entered('rate', 'level=1')
  entered('reopen', 'ground=not_solved', 'reason=仍在施工')
  await city.serve('2026-04-13T09:00:00+08:00')
  m = await read()
  assert.equal(m.rating, 1)
  assert.equal(m.state, 'rework')
  assert.equal(clock(m, 'contact').limit, '1wd')
  // 13 working days in April, then 6 and 7 May after the holiday.
  assert.equal(clock(m, 'rework').due_at, end('2026-05-07'))
  assert.equal(m.verdict, 'in_time', 'the first answer keeps its verdict')

  await city.at('2026-04-14T09:00:00+08:00')
  await city.made(code, 'contact', 'handler', { text: '已电话核实' })
  await city.at('2026-04-20T09:00:00+08:00')
  await city.made(code, 'reply', 'handler', { text: '已处罚并复查' })
  m = await city.made(code, 'close', 'desk', { ground: 'solved' })
  assert.equal(m.state, 'completed')
  assert.equal(m.open, false)
  assert.equal(m.outcome, 'solved')
  assert.equal(m.light, 'none')
  assert.equal(m.timeline.length, m.seq)
  assert.deepEqual(m.timeline.map((e) => e.move), ['file', 'dispatch', 'hand_off', 'extend', 'reply', 'rate', 'reopen', 'contact',
    'reply', 'close'])

  await t.test('every day is explained', async () => {
    const handle = (await city.get(`${one}/clock`)).json.clocks.find((c) => c.clock === 'handle')
    const { trace } = handle
    assert.equal(trace[0].what, 'start')
    assert.equal(trace.at(-1).what, 'due')
    assert.equal(trace.at(-1).day, '2026-04-11')
    assert.equal(trace.filter((l) => l.what === 'counted').length, 40)
    assert.ok(trace.some((l) => l.what === 'extended'))
  })

  await t.test('the citizen sees what concerns them, and no names', async () => {
    const own = (await city.post('/api/v1/lookup', { code, secret: secret.replace(/(....)/g, '$1 ').trim() })).json
    assert.equal(own.reply, '已处罚并复查')
    assert.equal(own.body, '影响休息')
    const text = JSON.stringify(own)
    for (const hidden of ['王五', '李四', '张三', '13800000000', '已电话核实']) assert.ok(!text.includes(hidden), hidden)
    assert.deepEqual(own.timeline.map((e) => e.move), ['file', 'dispatch', 'hand_off', 'extend', 'reply', 'rate', 'reopen', 'reply',
      'close'])
    assert.ok(own.clocks.every((c) => c.unit === '' && c.trace.length > 0))
  })
  await t.test('a wrong code and a wrong secret are one answer', async () => {
    const wrong = async (body) => {
      const { request_id: _, ...rest } = (await city.post('/api/v1/lookup', body)).json
      return rest
    }
    const bySecret = await wrong({ code, secret: '0000000000000000' })
    assert.equal(bySecret.code, 'not_found')
    assert.deepEqual(await wrong({ code: 'TS-2026-999999', secret }), bySecret)
    assert.deepEqual(await wrong({ code: 'nonsense', secret: 'x' }), bySecret)
  })
  assert.equal((await read()).seq, 10)
})

test('a licence: paused on a listed ground, resumed, extended once, decided in time', async (t) => {
  const city = await City.start({ clock: '2026-04-10T10:00:00+08:00' })
  t.after(() => city.stop())
  const { code } = (await city.file('licence', { title: '开办餐馆', unit: 'gongan' })).json
  let m = await city.made(code, 'accept', 'desk', {})
  assert.equal(clock(m, 'decide').due_at, end('2026-05-12'))

  await city.at('2026-04-20T09:00:00+08:00')
  const pause = { ground: 'hearing', paper: '告知书1号', planned: 5, approver: 'section_head' }
  await city.refused(code, 'bad_field', 'ground', 'pause', 'handler', { ...pause, ground: 'third_party' })
  await city.refused(code, 'bad_field', 'ground', 'pause', 'handler', { ...pause, ground: 'busy' })
  await city.refused(code, 'bad_field', 'approver', 'pause', 'handler', { ...pause, approver: undefined })
  await city.refused(code, 'bad_field', 'paper', 'pause', 'handler', { ...pause, paper: undefined })
  await city.refused(code, 'forbidden', 'by', 'pause', 'citizen', pause)
  await city.refused(code, 'not_now', 'move', 'resume', 'handler', {})
  m = await city.made(code, 'pause', 'handler', pause)
  assert.equal(m.state, 'paused')
  assert.equal(m.paused, true)
  assert.equal(m.due_at, null)
  assert.equal(m.light, 'none')

  await city.at('2026-04-24T09:00:00+08:00')
  m = await city.made(code, 'resume', 'handler', {})
  const decide = clock(m, 'decide')
  assert.equal(decide.original_due_at, end('2026-05-12'))
  assert.equal(decide.pauses.length, 1)
  assert.equal(decide.pauses[0].until, m.timeline.at(-1).at)
  // As the calculator says with the same pause.
  const [from, start, until] = [m.timeline[1].at, decide.pauses[0].from, decide.pauses[0].until]
  const query = new URLSearchParams({ from, rule: 'LIC_DECIDE', pause: `${start}/${until}` })
  const asked = await city.get(`/api/v1/calendar/due?${query}`)
  assert.equal(asked.json.due_at, decide.due_at)
  assert.ok(decide.paused_days > 0 && decide.due_at > end('2026-05-12'))

  await city.at('2026-05-06T09:00:00+08:00')
  const extend = { limit: '10wd', reason: '案情复杂', approver: 'organ_head' }
  await city.refused(code, 'bad_field', 'approver', 'extend', 'handler', { ...extend, approver: 'section_head' })
  await city.refused(code, 'bad_field', 'approver', 'extend', 'handler', { ...extend, approver: undefined })
  await city.refused(code, 'bad_field', 'limit', 'extend', 'handler', { ...extend, limit: '11wd' })
  m = await city.made(code, 'extend', 'handler', extend)
  assert.equal(clock(m, 'decide').extensions, 1)
  assert.equal(clock(m, 'decide').original_due_at, end('2026-05-12'))
  await city.refused(code, 'not_now', null, 'extend', 'handler', { ...extend, limit: '1wd' })

  await city.at('2026-05-20T09:00:00+08:00')
  m = await city.made(code, 'approve', 'handler', { text: '准予许可' })
  assert.equal(clock(m, 'decide').verdict, 'in_time')
  assert.equal(clock(m, 'decide').state, 'stopped')
  await city.refused(code, 'not_now', 'move', 'approve', 'handler', { text: '再次' })
  m = await city.made(code, 'deliver', 'desk', { ground: 'licensed' })
  assert.equal(m.open, false)
})

test('silence is acceptance: the server makes the automatic move by itself', async (t) => {
  const city = await City.start({ clock: '2026-06-01T10:00:00+08:00' })
  t.after(() => city.stop())
  const { code } = (await city.file('licence', { title: '占道施工' })).json
  await city.refused(code, 'forbidden', 'role', 'deem_accept', 'handler', {})
  await city.at('2026-06-09T00:00:05+08:00')
  let m
  for (let i = 0; i < 50 && m?.state !== 'accepted'; i++) {
    await new Promise((done) => setTimeout(done, 100))
    m = (await city.get(`/api/v1/matters/${code}`)).json
  }
  assert.equal(m.state, 'accepted')
  assert.equal(m.timeline.at(-1).role, 'system')
  assert.equal(clock(m, 'decide').due_at, end('2026-06-30'), 'counted from the day the papers came')
  assert.equal(clock(m, 'notify').verdict, 'late')
})

test('a light turns without an event, and the ETag with it', async (t) => {
  const city = await City.start({ clock: '2026-03-02T10:00:00+08:00' })
  t.after(() => city.stop())
  const { code } = (await city.file('complaint', { title: '无人受理' })).json
  const first = await city.get(`/api/v1/matters/${code}`)
  assert.equal(first.json.light, 'green')
  await city.at('2026-04-02T00:00:01+08:00')
  const later = await city.get(`/api/v1/matters/${code}`, { 'if-none-match': first.etag })
  assert.equal(later.status, 200)
  assert.equal(later.json.light, 'red')
  assert.equal(later.json.seq, first.json.seq)
  // Still a good tag for a change: nobody made a move.
  const moved = await city.post(`/api/v1/matters/${code}/moves`, { move: 'accept', by: { role: 'desk' } }, { 'if-match': first.etag })
  assert.equal(moved.status, 200, moved.text)
  assert.equal(moved.json.clocks.find((c) => c.clock === 'accept').verdict, 'late')
})

test('refusals say what is possible, under stable keys', async (t) => {
  const city = await City.start({ clock: '2026-03-02T10:00:00+08:00' })
  t.after(() => city.stop())
  const refusedFiling = async (key, field, body) => {
    const answer = await city.post('/api/v1/matters', body)
    assert.equal(answer.json.code, key, answer.text)
    assert.equal(answer.json.field, field, answer.text)
    return answer.json
  }
  const by = { role: 'desk' }
  const near = await refusedFiling('bad_field', 'kind', { kind: 'complant', by, data: { title: 'x' } })
  assert.match(near.detail, /did you mean "complaint"/)
  await refusedFiling('bad_field', 'title', { kind: 'complaint', by })
  await refusedFiling('bad_field', 'title', { kind: 'complaint', by, data: { title: ' ' } })
  await refusedFiling('bad_field', 'by', { kind: 'complaint', by: 'me', data: { title: 'x' } })
  await refusedFiling('bad_field', 'data', { kind: 'complaint', by, data: ['x'] })
  await refusedFiling('bad_field', 'at', { kind: 'complaint', by, at: '2026-03-03T10:00:00+08:00', data: { title: 'x' } })
  await refusedFiling('bad_field', 'at', { kind: 'complaint', by, at: '2026-03-01', data: { title: 'x' } })
  await refusedFiling('bad_field', 'channel', { kind: 'complaint', by, data: { title: 'x', channel: 'telepathy' } })
  await refusedFiling('forbidden', 'role', { kind: 'complaint', by: { role: 'leader' }, data: { title: 'x' } })

  const { code } = (await city.file('complaint', { title: '噪音' })).json
  const detail = async (...args) => (await city.refused(code, ...args)).detail
  assert.match(await detail('forbidden', 'role', 'dispatch', 'leader', { unit: 'gongan' }), /it is for desk/)
  assert.match(await detail('not_now', 'move', 'close', 'desk', { ground: 'solved' }), /possible: accept/)
  assert.match(await detail('bad_field', 'move', 'dispach', 'desk', { unit: 'gongan' }), /did you mean "dispatch"/)
  await detail('bad_field', 'at', 'dispatch', 'desk', { unit: 'gongan' }, { at: '2026-03-01T10:00:00+08:00' })
  const decline = { ground: 'repeated', reason: '重复', basis: '条例', approver: 'unit_head', remedy: '可复查' }
  for (const missing of Object.keys(decline)) {
    await detail('bad_field', missing, 'decline', 'desk', { ...decline, [missing]: undefined })
  }
  assert.equal((await city.get(`/api/v1/matters/${code}`)).json.seq, 1, 'nothing of it was recorded')
})
