// Logging in: passwords and their lock, second factors, sessions, one-time links, tokens.
import assert from 'node:assert/strict'
import test from 'node:test'
import { bearer, digits, factor } from '../logins.mjs'
import { City, run } from './city.mjs'
import { answered, operations } from './contract.mjs'
import { PASSWORD, Person } from './person.mjs'

// A city with one more account, whose link is not used yet.
async function start(t, roles, clock) {
  const city = await City.start({ clock })
  t.after(() => city.stop())
  await city.halt()
  const made = run(['account', 'add', ...city.place, '--json', '--from', '2020-01-01', 'zhang', '张三', ...roles.flatMap((r) => ['--role', r])])
  assert.equal(made.status, 0, made.stderr)
  await city.serve(clock)
  return { city, link: JSON.parse(made.stdout).link.split('#')[1] }
}

test('a link sets a password once; then one logs in, and out', async (t) => {
  const { city, link } = await start(t, ['desk'])
  const person = new Person(city)
  assert.deepEqual((await person.ask('POST', '/welcome/look', { link })).json, { login: 'zhang', role: '' })
  for (const bad of ['kurz', '123456789012345', 'qwertyuiopasdf', 'zhangzhangzhang']) {
    const answer = await person.ask('POST', '/welcome', { link, password: bad })
    assert.deepEqual([answer.status, answer.json.field], [400, 'password'], bad)
  }
  assert.equal((await person.ask('POST', '/welcome', { link, password: PASSWORD })).status, 204)
  assert.equal((await person.ask('POST', '/welcome', { link, password: PASSWORD })).status, 404)

  assert.equal((await person.ask('GET', '/matters')).status, 401)
  assert.equal((await person.login('zhang')).json.state, 'open')
  assert.equal((await person.ask('GET', '/matters')).status, 200)
  const csrf = person.csrf
  person.csrf = ''
  assert.equal((await person.ask('DELETE', '/session')).status, 403, 'without the token of its session')
  person.csrf = csrf
  const cookie = person.cookie
  assert.equal((await person.ask('DELETE', '/session')).status, 204)
  assert.equal((await new Person(city).ask('GET', '/session')).json.state, 'none')
  person.cookie = cookie
  assert.equal((await person.ask('GET', '/matters')).status, 401, 'the session is over at once')
})

test('five failures lock for ten minutes, and nobody learns whether there is an account', async (t) => {
  const { city, link } = await start(t, ['desk'])
  const person = new Person(city)
  assert.equal((await person.ask('POST', '/welcome', { link, password: PASSWORD })).status, 204)
  const plain = (answer) => ({ ...answer.json, request_id: '' })
  const seen = []
  for (let i = 0; i < 5; i++) {
    for (const login of ['zhang', 'nobody.at.all']) {
      const answer = await person.login(login, 'wrong wrong wrong')
      assert.equal(answer.status, 401)
      seen.push(JSON.stringify(plain(answer)))
    }
  }
  seen.push(JSON.stringify(plain(await person.login('zhang'))))
  assert.equal(new Set(seen).size, 1, 'one answer for all, the right password of a locked account included')
  const clock = new Date(Date.now() + 10 * 60000 + 5000).toISOString()
  await city.at(clock)
  assert.equal((await person.login('zhang')).json.state, 'open')
})

test('a role that decides demands a second factor; its digits hold once', async (t) => {
  const { city, link } = await start(t, ['sysadmin'])
  const person = new Person(city)
  assert.equal((await person.ask('POST', '/welcome', { link, password: PASSWORD })).status, 204)
  assert.equal((await person.login('zhang')).json.state, 'enrol')
  assert.equal((await person.ask('PUT', '/units/x', { name: '新单位' })).json.code, 'need_factor')
  const { secret, uri, qr } = (await person.ask('POST', '/session/factor')).json
  assert.match(uri, /^otpauth:\/\/totp\//)
  assert.match(qr, /^<svg/)
  assert.equal((await person.ask('POST', '/session/factor/code', { code: '000000' })).status, 401)
  const before = person.cookie
  const { recovery_codes: codes } = (await person.ask('POST', '/session/factor/code', { code: digits(secret, Date.now()) })).json
  assert.equal(new Set(codes).size, 10)
  assert.notEqual(person.cookie, before, 'a session that means more has another secret')
  assert.equal((await person.ask('PUT', '/units/x', { name: '新单位' })).status, 200)

  const again = new Person(city)
  assert.equal((await again.login('zhang')).json.state, 'totp')
  assert.equal((await again.ask('PUT', '/units/y', { name: '新单位' })).json.code, 'need_factor')
  assert.equal((await again.ask('POST', '/session/code', { code: digits(secret, Date.now()) })).status, 401, 'used already')
  assert.equal((await again.ask('POST', '/session/code', { code: codes[0] })).json.state, 'open')
  const third = new Person(city)
  await third.login('zhang')
  assert.equal((await third.ask('POST', '/session/code', { code: codes[0] })).status, 401, 'a recovery code holds once')
  assert.equal((await third.ask('POST', '/session/code', { code: digits(secret, Date.now() + 30000) })).json.state, 'open')

  const list = (await third.ask('GET', '/sessions')).json.sessions
  assert.equal(list.length, 3)
  assert.equal(list.filter((s) => s.this).length, 1)
  assert.equal((await third.ask('DELETE', '/sessions/others')).status, 204)
  assert.equal((await person.ask('PUT', '/units/x', { name: '旧单位' })).status, 401)
  assert.equal((await third.ask('DELETE', '/sessions/1')).status, 404)
})

test('the first administrators come by links, three of them', async (t) => {
  const city = await City.start({ logins: false })
  t.after(() => city.stop())
  for (const [role, link] of Object.entries(city.links)) {
    const person = new Person(city)
    assert.deepEqual((await person.ask('POST', '/welcome/look', { link })).json, { login: '', role })
    assert.equal((await person.ask('POST', '/welcome', { link, password: PASSWORD })).json.field, 'login')
    assert.equal((await person.ask('POST', '/welcome', { link, password: PASSWORD, login: role, name: '某某' })).status, 204)
    assert.equal((await person.login(role)).json.state, 'enrol')
  }
})

test('tokens do what their scopes say', async (t) => {
  const city = await City.start()
  t.after(() => city.stop())
  await city.halt()
  const made = run(['token', 'add', ...city.place, '--account', 'officer', '--scope', 'matter.read', '--json'])
  const reader = JSON.parse(made.stdout)
  await city.serve()
  assert.equal((await city.ask('GET', '/api/v1/matters', { token: reader.token })).status, 200)
  const filing = { kind: 'complaint', by: { role: 'desk' }, data: { title: '噪音', channel: 'web' } }
  assert.equal((await city.ask('POST', '/api/v1/matters', { token: reader.token, body: filing })).status, 403)
  assert.equal((await city.ask('GET', '/api/v1/matters', { headers: bearer('hy_nonsense') })).json.code, 'no_login')
  assert.equal((await city.ask('GET', '/api/v1/matters', { token: null })).json.code, 'no_login')
  assert.equal((await city.ask('GET', '/api/v1/kinds', { token: null })).status, 200)
  await city.halt()
  assert.equal(run(['token', 'revoke', ...city.place, String(reader.id)]).status, 0)
  await city.serve()
  assert.equal((await city.ask('GET', '/api/v1/matters', { token: reader.token })).status, 401)
})

// An address that whoever has the role may ask, what is answered, and a scope that is none of the role's.
const deciding = {
  sysadmin: ['/api/v1/accounts', 200, 'matter.read'], secadmin: ['/api/v1/grants', 200, 'matter.read'], audadmin: ['/api/v1/audit', 200, 'matter.read'],
  custodian: ['/api/v1/identity/requests', 200, 'matter.read'], efficacy_office: ['/api/v1/matters', 200, 'audit.read'],
  petition_office: ['/api/v1/matters', 200, 'audit.read'], discipline: ['/api/v1/cards', 200, 'audit.read'], leader: ['/api/v1/cards', 200, 'audit.read'],
}

test('a token is of no use for a role that decides until its owner has a second factor', async (t) => {
  const city = await City.start({ logins: false })
  t.after(() => city.stop())
  await city.halt()
  const told = (...words) => { const made = run(words); assert.equal(made.status, 0, made.stderr); return made.stdout }
  const token = (login, ...more) => JSON.parse(told('token', 'add', ...city.place, '--account', login, '--json', ...more)).token
  const tokens = {}
  for (const role of [...Object.keys(deciding), 'review_organ']) {
    told('account', 'add', ...city.place, '--quiet', '--from', '2020-01-01', '--role', role, `${role.replaceAll('_', '-')}.1`, '某某')
    tokens[role] = token(`${role.replaceAll('_', '-')}.1`)
  }
  const aside = token('efficacy-office.1', '--scope', 'matter.export')
  const idle = token('efficacy-office.1', '--scope', 'audit.read')
  await city.serve()
  for (const [role, [address]] of Object.entries(deciding)) {
    const answer = await city.ask('GET', address, { token: tokens[role] })
    assert.deepEqual([answer.status, answer.json.code], [403, 'need_factor'], `${role}: ${answer.text}`)
  }
  assert.equal((await city.ask('GET', '/api/v1/matters', { token: tokens.review_organ })).status, 200, 'which decides on nobody')
  assert.equal((await city.ask('GET', '/api/v1/tables/matters?as=csv', { token: aside })).json.code, 'need_factor')
  assert.equal((await city.ask('GET', '/api/v1/audit', { token: idle })).json.code, 'forbidden', 'it is not for that role')
  await city.halt()

  assert.match(told('factor', 'add', ...city.place, 'leader.1'), /█[^]*\n[A-Z2-7]{32}\notpauth:/)
  const early = run(['factor', 'confirm', ...city.place, 'leader.1', '000000'])
  assert.equal(early.status !== 0 && early.stdout, '', 'the digits are others')
  for (const role of Object.keys(deciding)) {
    assert.equal(factor((words) => told(...words), city.place, `${role.replaceAll('_', '-')}.1`).length, 10)
  }
  assert.match(run(['factor', 'add', ...city.place, 'leader.1']).stderr, /already/)
  await city.serve()
  for (const [role, [address, status]] of Object.entries(deciding)) {
    const answer = await city.ask('GET', address, { token: tokens[role] })
    assert.equal(answer.status, status, `${role}: ${answer.text}`)
  }
  await city.halt()
  told('factor', 'remove', ...city.place, '--quiet', 'audadmin.1')
  await city.serve()
  assert.equal((await city.ask('GET', '/api/v1/audit', { token: tokens.audadmin })).json.code, 'need_factor', 'it was taken away')
})

test('everything documented about logging in was seen to succeed', () => {
  const login = operations.filter((o) => o.op.tags.includes('login'))
  assert.ok(login.length >= 10)
  for (const { method, address, op } of login) {
    for (const wanted of Object.keys(op.responses).filter((s) => s < 400)) {
      assert.ok(answered.get(`${method} ${address}`)?.has(Number(wanted)), `${method} ${address} never answered ${wanted}`)
    }
  }
})
