// Cards over HTTP: raised by the server itself, contested by the unit, annulled by another, never deleted.
import assert from 'node:assert/strict'
import test from 'node:test'
import { login } from '../logins.mjs'
import { City, logText, run, until } from './city.mjs'

test('a card is raised, contested and annulled', async (t) => {
  const city = await City.start({ clock: '2026-03-02T09:00:00+08:00' })
  t.after(() => city.stop())
  const command = (args) => {
    const out = run(args)
    assert.equal(out.status, 0, out.stderr)
    return out.stdout
  }
  const tokens = {}
  await city.halt()
  for (const [name, ...roles] of [['head', 'unit_head@gongan'], ['stranger', 'unit_head@chengguan'], ['office', 'efficacy_office'],
    ['accused', 'unit_head@zhujian']]) tokens[name] = login(command, city.place, name, roles)
  await city.serve('2026-03-02T09:00:00+08:00')
  const as = (name, method, address, body) => city.ask(method, address, { body, token: tokens[name] })

  const filed = await city.file('complaint', { title: '态度恶劣', unit: 'gongan', about_unit: 'zhujian' })
  assert.equal(filed.status, 201, filed.text)
  const code = filed.json.code
  assert.deepEqual((await as('head', 'GET', '/api/v1/cards')).json, { cards: [], next: null })

  // Everything is late by now: the cards come by themselves.
  await city.at('2026-10-12T09:00:00+08:00')
  const red = await until(async () => (await as('head', 'GET', `/api/v1/cards?matter=${code}&kind=overdue_statutory`)).json.cards[0])
  assert.equal(red.level, 'red')
  assert.equal(red.severity, 100)
  assert.equal(red.unit, 'gongan')
  assert.equal(red.state, 'stands')
  const at = `/api/v1/cards/${red.code}`
  const whole = (await as('head', 'GET', at)).json
  // What each may do with it, before it is tried.
  const may = async (name) => Object.entries((await as(name, 'GET', at)).json.may).filter(([, yes]) => yes).map(([x]) => x)
  assert.deepEqual([await may('head'), await may('office')], [['contest'], ['annul', 'rectify']])
  assert.equal(whole.evidence[0].move, 'file')
  assert.deepEqual(whole.history.map((h) => [h.move, h.role]), [['raise', 'system']])
  // What it rests on stands in the public log.
  const { json: matter } = await as('office', 'GET', `/api/v1/matters/${code}`)
  assert.equal(whole.evidence[0].log_index, matter.timeline[0].index)

  // Neither another unit nor whom it is about sees any of it, by list or by number.
  for (const name of ['stranger', 'accused']) {
    assert.deepEqual((await as(name, 'GET', '/api/v1/cards')).json.cards, [], name)
    for (const [method, address, body] of [['GET', at], ['POST', `${at}/contest`, { reason: 'x' }]]) {
      assert.equal((await as(name, method, address, body)).status, 404, name)
    }
  }

  // Page by page, newest first, each once.
  const all = (await as('office', 'GET', '/api/v1/cards')).json.cards.map((k) => k.code)
  const seen = []
  for (let next = ''; next !== null;) {
    const { json } = await as('office', 'GET', `/api/v1/cards?limit=1${next && `&cursor=${next}`}`)
    seen.push(...json.cards.map((k) => k.code))
    next = json.next
  }
  assert.deepEqual(seen, all)
  assert.ok(all.length > 1)
  assert.equal((await as('office', 'GET', '/api/v1/cards?level=red&state=stands&from=2026-03-03&to=2026-10-12')).json.cards
    .some((k) => k.code === red.code), true)
  assert.equal((await as('office', 'GET', '/api/v1/cards?kind=nonsense')).status, 400)
  assert.deepEqual((await as('office', 'GET', '/api/v1/cards?order=oldest&limit=1')).json.cards.map((k) => k.code), all.slice(-1))

  // As many as are listed; nobody counts what he does not see.
  const counts = async (name, more = '') => (await as(name, 'GET', `/api/v1/card-counts${more}`)).json
  const { total, units, kinds, definitions } = await counts('office')
  assert.equal(total.cards, all.length)
  for (const u of units) assert.equal(u.people.reduce((n, p) => n + p.figures.cards, 0), u.figures.cards)
  assert.deepEqual(units.find((u) => u.unit === 'gongan').figures, (await counts('office', '?unit=gongan')).total)
  const late = kinds.find((k) => k.kind === 'overdue_statutory')
  assert.deepEqual([late.title.en, late.figures.cards], ['Past the statutory limit', (await counts('office', '?kind=overdue_statutory')).total.cards])
  assert.deepEqual(definitions.map((d) => d.id), Object.keys(total))
  assert.equal((await counts('office', '?level=red')).total.cards, total.cards_red)
  assert.deepEqual((await counts('stranger')).units, [])
  assert.equal((await as('stranger', 'GET', '/api/v1/card-counts?level=blue')).json.field, 'level')

  // Reports count the same cards, and open to them.
  const figured = async () => (await as('office', 'GET', '/api/v1/supervision?by=unit&from=2026-01-01&to=2026-12-31')).json
  const { groups } = await figured()
  for (const { unit, figures } of units) {
    const group = groups.find((g) => g.key === unit)
    for (const id of ['cards_warning', 'cards_yellow', 'cards_red']) {
      assert.equal(group.figures[id].value, figures[id], `${unit} ${id}`)
      const opened = await as('office', 'GET', `/api/v1/supervision/figures/${id}/matters?by=unit&group=${unit}&from=2026-01-01&to=2026-12-31`)
      assert.equal(opened.json.matters.length, figures[id])
    }
  }
  assert.equal((await as('office', 'GET', '/api/v1/supervision?from=2026-01-01&to=2026-01-31')).json.total.figures.cards_red.value, 0)
  assert.equal((await city.get('/api/v1/public/figures')).json.total.figures.cards_red, undefined) // not for everybody

  // The unit contests, who contested cannot decide, the office annuls; the decision is final.
  assert.equal((await as('office', 'POST', `${at}/contest`, { reason: 'x' })).status, 403)
  const contested = await as('head', 'POST', `${at}/contest`, { reason: '系统停机，有记录' })
  assert.equal(contested.json.state, 'contested', contested.text)
  assert.equal((await as('head', 'POST', `${at}/contest`, { reason: '再次' })).status, 409)
  assert.equal((await as('head', 'POST', `${at}/decision`, { upheld: false, reason: 'x' })).status, 403)
  assert.deepEqual([contested.json.may.contest, await may('head'), await may('office')], [false, [], ['uphold', 'annul']])
  const decided = await as('office', 'POST', `${at}/decision`, { upheld: false, reason: '停机属实' })
  assert.equal(decided.json.state, 'annulled', decided.text)
  assert.deepEqual(decided.json.history.map((h) => [h.move, h.name, h.reason, h.upheld]),
    [['raise', '', '', undefined], ['contest', '测试员', '系统停机，有记录', undefined], ['decide', '测试员', '停机属实', false]])
  assert.equal((await as('office', 'POST', `${at}/decision`, { upheld: true, reason: 'x' })).status, 409)
  assert.equal((await as('head', 'GET', at)).json.state, 'annulled')
  assert.deepEqual([await may('head'), await may('office')], [[], []])
  const after = await counts('office')
  assert.equal((await figured()).total.figures.cards_red.value, total.cards_red - 1)
  assert.deepEqual([after.total.cards, after.total.cards_red, after.total.cards_annulled], [total.cards - 1, total.cards_red - 1, 1])

  // The public log has neither names nor reasons.
  const entries = await logText(city)
  assert.match(entries, new RegExp(red.code))
  assert.doesNotMatch(entries, /测试员|停机/)

  // The command line sees the same.
  await city.halt()
  const shown = JSON.parse(command(['card', 'show', red.code, '--json', ...city.place]))
  assert.equal(shown.state, 'annulled')
  const listed = JSON.parse(command(['card', 'list', '--state', 'annulled', '--json', ...city.place]))
  assert.deepEqual(listed.cards.map((k) => k.code), [red.code])
  assert.deepEqual(JSON.parse(command(['card', 'counts', '--json', ...city.place])).total, after.total)
  assert.match(command(['card', 'counts', '--level', 'red', ...city.place]), new RegExp(`^${after.total.cards_red}\t.*\t1\t=$`, 'm'))
  assert.match(command(['card', 'raise', ...city.place]), /looked at 0 matters/)
  const other = all.find((k) => k !== red.code)
  const by = (who) => ['--by', who, '--reason', '有据', ...city.place]
  command(['card', 'contest', other, ...by('李四')])
  assert.notEqual(run(['card', 'decide', other, '--upheld', ...by('李四')]).status, 0)
  assert.match(command(['card', 'decide', other, '--upheld', ...by('王五')]), /upheld/)
  await city.serve('2026-10-12T09:00:00+08:00')
})
