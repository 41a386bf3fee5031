// Who sees what, over HTTP: every role, from every place of the tree, asks every address about every kind of
// matter; what must come back is computed here, from a model that shares nothing with the program.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { factor } from '../logins.mjs'
import { City, run } from './city.mjs'
import { huiyin, operations, root } from './contract.mjs'

// Where there are no accounts yet, everybody who can reach the server is the person at the machine.
const accounts = run(['help', 'account', 'add']).status === 0
const skip = accounts ? false : 'this program has no accounts'

// --- the model ---------------------------------------------------------------------------------------------

const parents = {
  CITY: '', JX: 'CITY', HOT: 'CITY', A: 'CITY', A1: 'A', A11: 'A1', A2: 'A', B: 'CITY', B1: 'B',
  gongan: '', chengguan: '', zhujian: '', // of every city of these tests
}
const under = (unit, above) => unit !== '' && (unit === above || under(parents[unit], above))

// How far, how closely kept, and whether figures and the matters behind them.
const roles = {
  handler: ['own', 0], desk: ['below', 1], section_head: ['below', 1, 'figures'], unit_head: ['below', 1, 'figures'],
  organ_head: ['below', 1, 'figures'], gov_head: ['below', 1, 'figures'], superior_organ: ['below', 1, 'figures'],
  disclosure_head: ['below', 0], efficacy_office: ['all', 1, 'figures'], petition_office: ['all', 1, 'counts'],
  review_organ: ['all', 1], discipline: ['all', 2, 'figures'], leader: ['below', 1, 'figures'],
}
const system = ['privacy_officer', 'sysadmin', 'secadmin', 'audadmin', 'analyst', 'custodian']
// Used with a second factor alone.
const sensitive = ['efficacy_office', 'petition_office', 'discipline', 'leader', 'privacy_officer', 'sysadmin', 'secadmin', 'audadmin', 'custodian']
const guards = ['normal', 'protected', 'sealed']

const matters = [
  { name: 'own unit', unit: 'A1' },
  { name: 'below', unit: 'A11' },
  { name: 'parent', unit: 'A' },
  { name: 'sibling', unit: 'A2' },
  { name: 'stranger', unit: 'B1' },
  { name: 'protected', unit: 'A1', guard: 'protected' },
  { name: 'sealed', unit: 'A1', guard: 'sealed' },
  { name: 'unassigned', unit: '' },
  { name: 'accused unit', asked: 'A1', about_unit: 'A1', unit: 'A', guard: 'protected' },
  { name: 'accused unit, elsewhere', asked: 'B1', about_unit: 'A', unit: 'B1', guard: 'protected' },
  { name: 'accused above', asked: 'A', about_unit: 'CITY', unit: 'overseer', guard: 'protected' },
  { name: 'accused person', asked: 'A1', about_person: 'handler.a1', unit: 'overseer', guard: 'protected' },
]

function sees(person, matter) {
  const [reach, clearance] = roles[person.role] ?? []
  if (!reach || guards.indexOf(matter.guard ?? 'normal') > clearance) return false
  if (matter.about_person === person.login) return false
  const overseesFromBelow = reach === 'all' && parents[matter.about_unit] === '' && person.unit !== matter.about_unit
  if (matter.about_unit && under(person.unit, matter.about_unit) && !overseesFromBelow) return false
  if (reach === 'all') return true
  if (reach === 'own') return matter.unit === person.unit
  return matter.unit === '' ? parents[person.unit] === '' : under(matter.unit, person.unit)
}

const people = [
  { role: 'efficacy_office', unit: 'JX' },
  ...Object.keys(roles).map((role) => ({ role, unit: 'A1' })),
  ...['handler', 'desk', 'unit_head', 'discipline'].flatMap((role) =>
    ['CITY', 'A', 'A2', 'A11', 'B1'].map((unit) => ({ role, unit }))),
  { role: 'desk', unit: 'HOT' },
  ...system.map((role) => ({ role, unit: '' })),
].map((p) => ({ ...p, login: `${p.role.replaceAll('_', '-')}.${p.unit.toLowerCase() || 'city'}` }))

// --- the city ------------------------------------------------------------------------------------------------

async function found() {
  const city = await City.start({ clock: '2026-03-02T10:00:00+08:00' })
  await city.halt()
  const command = (...args) => execFileSync(huiyin, args, { cwd: root, encoding: 'utf8' })
  for (const [unit, parent] of Object.entries(parents).slice(0, -3)) {
    command('unit', 'make', ...city.place, unit, unit, ...(parent ? ['--parent', parent] : []))
  }
  for (const person of people) {
    command('account', 'add', ...city.place, '--quiet', '--from', '2020-01-01', person.login, person.login,
      '--role', person.unit ? `${person.role}@${person.unit}` : person.role)
    person.token = JSON.parse(command('token', 'add', ...city.place, '--account', person.login, '--json')).token
    if (sensitive.includes(person.role)) factor((words) => command(...words), city.place, person.login)
  }
  const oversee = JSON.parse(command('grant', 'list', ...city.place, '--role', 'efficacy_office', '--json'))
  const overseer = oversee.find((grant) => grant.unit !== '').unit
  await city.serve('2026-03-02T10:00:00+08:00')
  for (const matter of matters) {
    if (matter.unit === 'overseer') matter.unit = overseer
    const { asked, unit, about_unit, about_person, guard } = matter
    const filed = await city.ask('POST', '/api/v1/matters', { body: { kind: 'complaint', by: { role: 'desk' },
      data: { title: `路灯 ${matter.name}`, unit: (asked ?? unit) || undefined, about_unit, about_person,
        guard: asked ? undefined : guard } } })
    assert.equal(filed.status, 201, filed.text)
    matter.code = filed.json.code
    matter.secret = filed.json.secret
  }
  return city
}

// Every address that takes the code of a matter.
const ofMatters = operations.filter(({ address }) => address.startsWith('/api/v1/matters/{code}'))

const codes = (answer) => answer.json.matters.map((m) => m.code).sort()
const wanted = (person) => matters.filter((m) => sees(person, m)).map((m) => m.code).sort()

// What two refusals say, without the code that was asked for and the number of the request.
function shape(answer, code) {
  const { request_id: _, ...rest } = answer.json
  const headers = Object.fromEntries([...answer.headers].filter(([name]) =>
    !['date', 'x-request-id', 'content-length'].includes(name)))
  return { status: answer.status, body: JSON.parse(JSON.stringify(rest).replaceAll(code, 'CODE')), headers }
}

test('who sees what', { skip }, async (t) => {
  const city = await found()
  t.after(() => city.stop())
  const permissions = (await city.get('/api/v1/permissions')).json
  const may = (role, permission) => permission === 'self' ||
    permissions.roles.find((r) => r.id === role).may.includes(permission)
  const absent = 'TS-2026-999999'

  await t.test('the model knows every role', () => {
    assert.deepEqual(permissions.roles.map((r) => r.id).sort(), [...Object.keys(roles), ...system].sort())
    assert.ok(people.some((p) => matters.some((m) => sees(p, m))) && people.some((p) => matters.some((m) => !sees(p, m))))
    for (const admin of ['sysadmin', 'secadmin', 'audadmin', 'custodian']) {
      for (const p of ['matter.read', 'matter.move', 'matter.file', 'supervision.read']) assert.ok(!may(admin, p), `${admin} ${p}`)
    }
  })

  for (const person of people) {
    await t.test(person.login, async () => {
      const ask = (method, address, more) => city.ask(method, address, { token: person.token, ...more })
      const reader = Boolean(roles[person.role])

      // Every address: forbidden without its permission, never with it.
      for (const { method, address, op } of operations) {
        const permission = op['x-permission']
        if (permission === 'public' || permission === 'metrics.read') continue
        const at = address.replace('{code}', absent).replace(/\{[a-z]+\*?\}/, '1')
        const body = method === 'GET' ? undefined : {}
        const answer = await ask(method, at, { body, headers: { 'if-match': '*' } })
        const what = `${person.login} ${method} ${at}: ${answer.text.slice(0, 200)}`
        // A custodian without a key of a custodian is told so; that is another matter than the permission.
        const own = permission === 'self' || /^\/api\/v1\/(identity|custodians)\//.test(address)
        if (may(person.role, permission)) assert.ok(![401, 403].includes(answer.status) || own, what)
        else assert.equal(answer.status, 403, what)
      }
      if (!reader && person.role !== 'analyst') {
        assert.equal((await ask('GET', '/api/v1/matters')).status, 403)
        return
      }

      // Lists, search, counts.
      const open = roles[person.role]?.[2]
      if (reader) {
        assert.deepEqual(codes(await ask('GET', '/api/v1/matters?limit=200')), wanted(person))
        assert.deepEqual(codes(await ask('GET', `/api/v1/matters?words=${encodeURIComponent('路灯')}&order=filed`)), wanted(person))
        const one = matters[8].code
        assert.deepEqual(codes(await ask('GET', `/api/v1/matters?words=${one}`)), wanted(person).filter((c) => c === one))
        for (const unit of ['A', 'A1', 'JX', 'gongan', '-']) {
          const mine = matters.filter((m) => sees(person, m) && m.unit === (unit === '-' ? '' : unit))
          assert.deepEqual(codes(await ask('GET', `/api/v1/matters?unit=${unit}`)), mine.map((m) => m.code).sort())
        }
      }
      const figures = await ask('GET', '/api/v1/supervision?by=unit')
      if (person.role === 'analyst') {
        // Counts in steps, none below five, no code.
        assert.equal(figures.status, 200)
        assert.equal(figures.json.total.oldest_open, null)
        for (const value of [figures.json.total, ...figures.json.groups].flatMap((g) => Object.values(g.figures))) {
          assert.ok(value.hidden ? value.value === null : value.value >= 5, JSON.stringify(value))
        }
        assert.equal((await ask('GET', '/api/v1/supervision/figures/received/matters')).status, 403)
        return
      }
      assert.equal(figures.status, open ? 200 : 403)
      if (open) {
        assert.equal(figures.json.total.figures.received.value, wanted(person).length)
        for (const group of figures.json.groups) {
          const unit = group.key === '-' ? '' : group.key
          assert.equal(group.figures.received.value, matters.filter((m) => sees(person, m) && m.unit === unit).length)
        }
        if (figures.json.total.oldest_open) assert.ok(wanted(person).includes(figures.json.total.oldest_open.code))
      }
      const behind = await ask('GET', '/api/v1/supervision/figures/received/matters?limit=200')
      assert.equal(behind.status, open === 'figures' ? 200 : 403)
      if (open === 'figures') assert.deepEqual(codes(behind), wanted(person))

      // One by one: not yours is not there, on every address that takes a code.
      const nowhere = new Map()
      for (const { method, address } of ofMatters) {
        const at = (code) => address.replace('{code}', code).replace('{n}', '1')
        const question = { body: method === 'GET' ? undefined : {}, headers: { 'if-match': '*' } }
        const none = await ask(method, at(absent), question)
        nowhere.set(method + address, none.status)
        for (const matter of matters.filter((m) => !sees(person, m))) {
          const answer = await ask(method, at(matter.code), question)
          assert.deepEqual(answer.json && shape(answer, matter.code), none.json && shape(none, absent), `${person.login} ${method} ${address} on ${matter.name}: ${answer.text.slice(0, 200)}`)
          assert.ok(answer.status >= 400, `${person.login} ${method} ${address} on ${matter.name}`)
        }
      }
      assert.ok(nowhere.size >= 14 && [...nowhere.values()].filter((status) => status === 404).length >= 6, JSON.stringify([...nowhere]))
      for (const matter of matters) {
        for (const [method, tail, body] of [['GET', ''], ['GET', '/clock'], ['GET', '/receipt'],
          ['POST', '/moves/preview', { move: 'nonsense' }], ['POST', '/moves', { move: 'nonsense' }]]) {
          const at = (code) => `/api/v1/matters/${code}${tail}`
          const more = { body, headers: { 'if-match': '*' } }
          const answer = await ask(method, at(matter.code), more)
          const what = `${person.login} ${method} ${tail} on ${matter.name}: ${answer.text.slice(0, 200)}`
          if (sees(person, matter)) {
            assert.equal(answer.status, body ? (may(person.role, 'matter.move') ? 400 : 403) : 200, what)
          } else {
            assert.equal(answer.status, 404, what)
            assert.deepEqual(shape(answer, matter.code), shape(await ask(method, at(absent), more), absent), what)
          }
        }
      }
    })
  }

  await t.test('nobody is asked to log in', async () => {
    for (const { method, address, op } of operations) {
      if (['public', 'metrics.read'].includes(op['x-permission'])) continue
      const at = address.replace('{code}', matters[0].code).replace(/\{[a-z]+\*?\}/, '1')
      const answer = await city.ask(method, at, { token: null, body: method === 'GET' ? undefined : {} })
      assert.equal(answer.status, 401, `${method} ${at}`)
    }
  })

  await t.test('the public log does not tell of whom it complains', async () => {
    const size = (await city.get('/api/v1/institution')).json.log.size
    let text = ''
    for (let n = 0; n * 256 < size; n++) {
      const width = Math.min(256, size - n * 256)
      text += (await city.ask('GET', `/log/tile/entries/${String(n).padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`)).text
    }
    assert.ok(text.includes(`matter/${matters[8].code}`))
    for (const word of ['about_', 'guard', 'routed', 'handler.a1', 'protected']) {
      const where = text.indexOf(`"${word}`)
      assert.ok(where < 0 || text.slice(where - 60, where + 20).includes('clearance'), `${word}: ${text.slice(where - 60, where + 40)}`)
    }
  })

  await t.test('not there and not yours take the same time', async () => {
    const person = people.find((p) => p.login === 'handler.a1')
    const times = { yours: [], none: [] }
    for (let i = 0; i < 120; i++) {
      for (const [key, code] of i % 2 ? [['yours', matters[8].code], ['none', absent]] : [['none', absent], ['yours', matters[8].code]]) {
        const began = process.hrtime.bigint()
        assert.equal((await city.ask('GET', `/api/v1/matters/${code}`, { token: person.token })).status, 404)
        times[key].push(Number(process.hrtime.bigint() - began) / 1e6)
      }
    }
    const median = (v) => v.sort((a, b) => a - b)[v.length >> 1]
    const [a, b] = [median(times.yours), median(times.none)]
    assert.ok(Math.abs(a - b) < Math.max(0.5, 0.25 * b), `${a} ms against ${b} ms`)
  })

  await t.test('a grant needs two people and holds at once', async () => {
    const of = (login) => people.find((p) => p.login === login).token
    const handler = (await city.ask('GET', '/api/v1/access', { token: of('handler.b1') })).json.account
    const body = { account: handler, role: 'unit_head', unit: 'B', below: true, reason: '试' }
    const proposed = await city.ask('POST', '/api/v1/grants', { token: of('secadmin.city'), body })
    assert.equal(proposed.status, 201, proposed.text)
    const one = `/api/v1/grants/${proposed.json.id}`
    const reason = { reason: '试' }
    const refused = await city.ask('POST', `${one}/approve`, { token: of('secadmin.city'), body: reason })
    assert.equal(refused.status, 403)
    assert.match(refused.json.detail, /second person/)
    assert.equal((await city.ask('POST', `${one}/approve`, { token: of('audadmin.city'), body: reason })).status, 403)
    const before = await city.ask('GET', '/api/v1/supervision', { token: of('handler.b1') })
    assert.equal(before.status, 403)
    const approved = await city.ask('POST', `${one}/approve`, { token: of('sysadmin.city'), body: reason })
    assert.equal(approved.json.state, 'approved', approved.text)
    await new Promise((done) => setTimeout(done, 1200))
    assert.equal((await city.ask('GET', '/api/v1/supervision', { token: of('handler.b1') })).status, 200)
    const listed = await city.ask('GET', `/api/v1/grants?account=${handler}`, { token: of('audadmin.city') })
    assert.deepEqual(listed.json.grants.map((g) => g.role), ['handler', 'unit_head'])
    assert.equal((await city.ask('POST', `${one}/revoke`, { token: of('secadmin.city'), body: reason })).json.state, 'revoked')
    await new Promise((done) => setTimeout(done, 1200))
    assert.equal((await city.ask('GET', '/api/v1/supervision', { token: of('handler.b1') })).status, 403)
    // Its own unit alone, and it has none: that would be a grant for nothing.
    const nowhere = await city.ask('POST', '/api/v1/grants', { token: of('secadmin.city'),
      body: { account: handler, role: 'unit_head', below: false, reason: '试' } })
    assert.deepEqual([nowhere.status, nowhere.json.field], [400, 'unit'], nowhere.text)
    assert.match(nowhere.json.detail, /name the unit, or let the grant reach below/)
    const own = await city.ask('POST', '/api/v1/grants', { token: of('secadmin.city'),
      body: { account: handler, role: 'unit_head', unit: 'B', below: false, reason: '试' } })
    assert.equal((await city.ask('POST', `/api/v1/grants/${own.json.id}/approve`, { token: of('sysadmin.city'), body: reason })).status, 200)
    await new Promise((done) => setTimeout(done, 1200))
    const objected = await city.ask('POST', '/api/v1/rounds/conduct-2026-02/objections', { token: of('handler.b1'),
      body: { unit: 'B1', reason: '不服' } })
    assert.equal(objected.status, 403, objected.text)
    assert.match(objected.json.detail, /B1/)
    const exclusive = await city.ask('POST', '/api/v1/grants', { token: of('secadmin.city'),
      body: { account: handler, role: 'audadmin', reason: '试' } })
    assert.equal(exclusive.status, 409)
  })
})

test('docs/permissions.md is what the program says', () => {
  const page = execFileSync(huiyin, ['permissions', '--markdown', '--lang', 'en'], { cwd: root, encoding: 'utf8' })
  const kept = readFileSync(path.join(root, 'docs/permissions.md'), 'utf8')
  assert.equal(kept, page, 'make it anew: build/huiyin permissions --markdown --lang en > docs/permissions.md')
})
