// Logging in with a real OpenID provider (glewlwyd): its codes, keys and tokens, and whose account an identity is.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { City, noted, run } from './city.mjs'
import { answered, operations } from './contract.mjs'
import { Provider } from './glewlwyd.mjs'
import { PASSWORD, Person } from './person.mjs'

const skip = spawnSync('glewlwyd', ['--version']).error ? 'there is no glewlwyd here: apt-get install glewlwyd' : false
const HOME = 'http://localhost:1' // where the provider sends browsers back to; nobody is there, the test is the browser

let provider, city
const told = (...words) => { const made = run(words); assert.equal(made.status, 0, made.stderr); return made.stdout }
const set = (name, value) => told('setting', 'set', ...city.place, '--quiet', name, value)

// What is done while the city is not served.
async function aside(work) {
  await city.halt()
  const made = await work()
  await city.serve()
  return made
}

// Goes to the provider as USERNAME and comes back; the answer to the code.
async function through(person, username, { bind, change = (x) => x } = {}) {
  const begun = await person.ask('POST', '/session/oidc', bind ? { bind } : {})
  assert.equal(begun.status, 200, begun.text)
  const back = await provider.visit(begun.json.url, username)
  assert.equal(back.origin + back.pathname, `${HOME}/oidc`)
  const { code, state } = Object.fromEntries(back.searchParams)
  return person.ask('POST', '/session/oidc/code', change({ code, state }))
}

test('OpenID Connect', { skip }, async (t) => {
  provider = await Provider.start()
  t.after(() => provider.stop())
  const issuers = { rsa: await provider.issuer('first', 'rsa'), ecdsa: await provider.issuer('second', 'ecdsa') }
  await provider.client('huiyin', `${HOME}/oidc`, 'a-secret-of-both')
  await provider.client('open-huiyin', `${HOME}/oidc`)
  for (const username of ['li', 'wang', 'zhao']) await provider.user(username)
  city = await City.start()
  t.after(() => city.stop())
  const links = await aside(() => {
    const add = (login, ...roles) => JSON.parse(told('account', 'add', ...city.place, '--json', '--from', '2020-01-01', login, login,
      ...roles.flatMap((role) => ['--role', role]))).link.split('#')[1]
    return { li: add('li.si', 'desk'), wang: add('wang.wu', 'sysadmin'), zhao: add('zhao.liu', 'desk') }
  })

  await t.test('is off until all of it is set', async () => {
    assert.deepEqual((await new Person(city).ask('GET', '/oidc')).json, { on: false, title: '统一身份认证' })
    const refused = await new Person(city).ask('POST', '/session/oidc', {})
    assert.deepEqual([refused.status, refused.json.field], [409, 'oidc.issuer'])
    await city.halt()
    assert.notEqual(run(['oidc', 'check', ...city.place]).status, 0)
    set('oidc.issuer', issuers.rsa)
    set('oidc.client', 'huiyin')
    assert.match(run(['oidc', 'check', ...city.place]).stderr, /city\.address/)
    set('city.address', HOME)
    set('oidc.title', '试验市统一认证')
    writeFileSync(path.join(city.data, 'keys/oidc.secret'), 'a-secret-of-both\n', { mode: 0o600 })
    const fits = JSON.parse(told('oidc', 'check', ...city.place, '--json'))
    assert.deepEqual(fits, { issuer: issuers.rsa, client: 'huiyin', secret: true, redirect: `${HOME}/oidc` })
    await city.serve()
    assert.deepEqual((await new Person(city).ask('GET', '/oidc')).json, { on: true, title: '试验市统一认证' })
  })

  await t.test('lets nobody in whose identity is bound to no account', async () => {
    const person = new Person(city)
    const answer = await through(person, 'li')
    assert.equal(answer.status, 401, answer.text)
    assert.match(answer.json.detail, /no open account/)
    assert.equal((await person.ask('GET', '/session')).json.state, 'none')
  })

  await t.test('is bound by whoever is logged in, and then lets them in without a password', async () => {
    const person = await new Person(city).enter('li.si', links.li)
    assert.equal((await new Person(city).ask('POST', '/session/oidc', { bind: true })).status, 401)
    assert.equal((await person.ask('GET', '/session/oidc')).json.sub, '')
    assert.equal((await through(person, 'li', { bind: true })).json.login, 'li.si')
    assert.equal((await person.ask('GET', '/matters')).status, 200, 'the session goes on')
    const { issuer, sub } = (await person.ask('GET', '/session/oidc')).json
    assert.equal(issuer, issuers.rsa)
    assert.ok(sub)

    const again = new Person(city)
    const back = await through(again, 'li')
    assert.deepEqual([back.json.state, back.json.login], ['open', 'li.si'])
    assert.equal((await again.ask('GET', '/matters')).status, 200)
    assert.equal(await noted(city, 'login.oidc'), 1)
    assert.equal((await through(person, 'wang', { bind: true })).json.code, 'exists', 'one identity for an account')
  })

  await t.test('takes only what this browser began, and once', async () => {
    const one = new Person(city), two = new Person(city)
    const begun = (await one.ask('POST', '/session/oidc', {})).json
    await two.ask('POST', '/session/oidc', {})
    const { code, state } = Object.fromEntries((await provider.visit(begun.url, 'li')).searchParams)
    const refused = await two.ask('POST', '/session/oidc/code', { code, state })
    assert.deepEqual([refused.status, refused.json.field], [401, 'state'], 'another browser')
    assert.equal((await new Person(city).ask('POST', '/session/oidc/code', { code, state })).json.field, 'state', 'without the cookie')
    const { cookie } = one
    assert.equal((await one.ask('POST', '/session/oidc/code', { code, state })).json.state, 'open')
    one.cookie = cookie
    assert.equal((await one.ask('POST', '/session/oidc/code', { code, state })).status, 401, 'the code was used')
    const made = await through(new Person(city), 'li', { change: (x) => ({ ...x, code: `${x.code}x` }) })
    assert.equal(made.status, 401, made.text)
  })

  await t.test('takes the place of the password, and of nothing else', async () => {
    await aside(() => {
      const { secret } = JSON.parse(told('factor', 'add', ...city.place, '--json', 'li.si'))
      assert.ok(secret)
    })
    const wang = await new Person(city).enter('wang.wu', links.wang)
    assert.equal((await through(wang, 'wang', { bind: true })).json.state, 'open')
    const person = new Person(city)
    assert.equal((await through(person, 'wang')).json.state, 'totp')
    assert.equal((await person.ask('GET', '/accounts')).json.code, 'need_factor')
    assert.equal((await person.ask('POST', '/session/code', { code: wang.codes[0] })).json.state, 'open')
    assert.equal((await person.ask('GET', '/accounts')).status, 200)
  })

  await t.test('is bound by an administrator too, though not for himself', async () => {
    const first = await through(new Person(city), 'zhao')
    const { sub } = first.json
    const admin = (method, at, body) => city.ask(method, `/api/v1/accounts/${at}/oidc`, { token: city.tokens.admin, body })
    const accounts = (await city.ask('GET', '/api/v1/accounts', { token: city.tokens.admin })).json.accounts
    const of = (login) => accounts.find((a) => a.login === login).id
    assert.equal((await admin('PUT', of('zhao.liu'), { sub: 'two words' })).json.field, 'sub')
    assert.equal((await admin('PUT', of('admin'), { sub })).status, 403)
    assert.deepEqual((await admin('PUT', of('zhao.liu'), { sub })).json, { issuer: issuers.rsa, sub })
    assert.equal((await admin('PUT', of('li.si'), { sub })).json.code, 'exists')
    assert.equal((await city.ask('PUT', `/api/v1/accounts/${of('li.si')}/oidc`, { token: city.tokens.security, body: { sub } })).status, 403)
    const person = new Person(city)
    assert.equal((await through(person, 'zhao')).json.login, 'zhao.liu')
    assert.equal((await person.ask('DELETE', '/session/oidc')).status, 409, 'there is no password yet')
    assert.equal((await admin('GET', of('zhao.liu'))).json.sub, sub)
    assert.equal((await admin('DELETE', of('zhao.liu'))).json.sub, '')
    assert.equal((await admin('DELETE', of('zhao.liu'))).status, 409)
    assert.equal((await through(new Person(city), 'zhao')).status, 401)
    assert.equal((await person.ask('GET', '/matters')).status, 200, 'who is in stays in')
    await aside(() => {
      told('oidc', 'bind', ...city.place, 'zhao.liu', sub)
      told('account', 'lock', ...city.place, '--quiet', 'zhao.liu')
    })
    assert.equal((await through(new Person(city), 'zhao')).status, 401, 'locked')
    await aside(() => {
      told('account', 'close', ...city.place, '--quiet', 'zhao.liu')
      assert.match(run(['oidc', 'unbind', ...city.place, 'zhao.liu']).stderr, /closed/)
      told('oidc', 'bind', ...city.place, 'second', sub)
      told('oidc', 'unbind', ...city.place, 'second')
    })
  })

  await t.test('ends when its owner unbinds it', async () => {
    const person = new Person(city)
    await through(person, 'li')
    assert.equal((await person.ask('DELETE', '/session/oidc')).json.sub, '')
    assert.equal((await through(new Person(city), 'li')).status, 401)
    // Each is an event of the account and one for the audit administrator.
    assert.equal(await noted(city, 'account.bind'), 2 * 5)
    assert.equal(await noted(city, 'account.unbind'), 2 * 4)
  })

  await t.test('works with ES256, without a secret, and with keys that changed', async () => {
    const person = new Person(city)
    await person.login('li.si', PASSWORD)
    await aside(() => {
      set('oidc.issuer', issuers.ecdsa)
      set('oidc.client', 'open-huiyin')
      writeFileSync(path.join(city.data, 'keys/oidc.secret'), '')
    })
    assert.equal((await person.ask('GET', '/session/oidc')).json.sub, '', 'another issuer, another identity')
    assert.equal((await through(person, 'li', { bind: true })).json.login, 'li.si')
    assert.equal((await through(new Person(city), 'li')).json.login, 'li.si')
  })

  await t.test('says so when the provider is away', async () => {
    const person = new Person(city)
    await person.login('li.si', PASSWORD)
    await aside(() => set('oidc.issuer', 'http://localhost:9/nobody'))
    const refused = await person.ask('POST', '/session/oidc', { bind: true })
    assert.deepEqual([refused.status, refused.json.code], [503, 'store_busy'])
    assert.doesNotMatch(refused.text, /localhost/, 'the reason is for operators')
    assert.match(city.log, /identity provider: .*localhost/)
    await city.halt()
    assert.match(run(['oidc', 'check', ...city.place]).stderr, /localhost/)
    await city.serve()
  })
})

test('everything documented about the provider was seen to succeed', { skip }, () => {
  for (const { method, address, op } of operations.filter((o) => o.op.tags.includes('oidc'))) {
    assert.ok(answered.get(`${method} ${address}`)?.has(200), `${method} ${address} never answered 200`)
  }
})
