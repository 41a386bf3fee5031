// Administering accounts over HTTP: what each administrator may do to others, what everybody may to oneself, and
// that the audit administrator finds it all again.
import assert from 'node:assert/strict'
import test from 'node:test'
import { City, run } from './city.mjs'
import { answered, operations } from './contract.mjs'
import { PASSWORD, Person } from './person.mjs'

const OTHER = 'hong se de lu zou guo cao yuan'

test('accounts', async (t) => {
  const city = await City.start()
  t.after(() => city.stop())
  const as = (who) => (method, address, body) => city.ask(method, `/api/v1${address}`, { body, token: city.tokens[who] })
  const [admin, security, audit, officer] = ['admin', 'security', 'audit', 'officer'].map(as)
  const secretOf = (answer) => answer.json.link.split('#')[1]
  let zhang, wang

  await t.test('one is made, named, listed; its owner sets a password', async () => {
    const made = await admin('POST', '/accounts', { login: 'zhang', name: '张三' })
    assert.equal(made.status, 201, made.text)
    assert.match(made.json.link, /^\/welcome#[0-9a-f]{64}$/)
    assert.deepEqual([made.json.account.state, made.json.account.password], ['open', false])
    zhang = made.json.account.id
    assert.equal((await admin('POST', '/accounts', { login: 'zhang', name: '别人' })).json.code, 'exists')
    assert.equal((await admin('POST', '/accounts', { login: 'Zhang San', name: '张三' })).json.field, 'login')
    assert.equal((await admin('PUT', `/accounts/${zhang}`, { name: '张三丰' })).json.name, '张三丰')
    assert.equal((await audit('GET', `/accounts/${zhang}`)).json.name, '张三丰')
    const again = await admin('POST', `/accounts/${zhang}/invite`)
    assert.equal((await new Person(city).ask('POST', '/welcome', { link: secretOf(made), password: PASSWORD })).status, 404, 'void')
    const person = await new Person(city).enter('zhang', secretOf(again))
    assert.equal((await person.ask('GET', '/session')).json.name, '张三丰')
    assert.equal((await person.ask('GET', '/matters')).status, 403, 'no role yet')

    let page = (await admin('GET', '/accounts?limit=2')).json
    const seen = [...page.accounts]
    while (page.next) {
      page = (await admin('GET', `/accounts?limit=2&cursor=${page.next}`)).json
      seen.push(...page.accounts)
    }
    assert.deepEqual(seen.map((a) => a.login), [...Object.keys(city.tokens), 'zhang'])
    assert.equal((await admin('GET', '/accounts?cursor=x')).json.field, 'cursor')
    for (const words of ['zhan', '张三']) assert.deepEqual((await admin('GET', `/accounts?words=${encodeURIComponent(words)}`)).json.accounts.map((a) => a.login), ['zhang'])
    assert.equal((await admin('GET', '/accounts/99')).status, 404)
    assert.equal((await admin('GET', '/accounts/x')).status, 404)
  })

  await t.test('who is no system administrator changes none; nobody locks or closes the account of his own', async () => {
    for (const other of [security, audit, officer]) {
      for (const [method, path, body] of [['POST', '', { login: 'x1', name: 'x' }], ['PUT', `/${zhang}`, { name: 'x' }],
        ...['invite', 'lock', 'unlock', 'close'].map((x) => ['POST', `/${zhang}/${x}`]), ['DELETE', `/${zhang}/sessions`],
        ['DELETE', `/${zhang}/tokens/1`]]) {
        assert.equal((await other(method, `/accounts${path}`, body)).status, 403, `${method} ${path}`)
      }
    }
    assert.equal((await officer('GET', '/accounts')).status, 403)
    for (const who of [admin, audit]) assert.equal((await who('DELETE', `/accounts/${zhang}/factor`)).status, 403)
    const me = (await admin('GET', '/access')).json.account
    for (const x of ['lock', 'close']) assert.equal((await admin('POST', `/accounts/${me}/${x}`)).json.code, 'forbidden')
  })

  await t.test('a password is changed by whoever knows the old one, and other sessions end', async () => {
    const [one, two] = [new Person(city), new Person(city)]
    for (const p of [one, two]) assert.equal((await p.login('zhang')).json.state, 'open')
    assert.equal((await one.ask('PUT', '/session/password', { old: 'not that one at all', new: OTHER })).status, 401)
    assert.equal((await one.ask('PUT', '/session/password', { old: PASSWORD, new: 'zhangzhangzhang' })).json.field, 'password')
    assert.equal((await one.ask('PUT', '/session/password', { old: PASSWORD, new: OTHER })).status, 204)
    assert.equal((await one.ask('GET', '/sessions')).json.sessions.length, 1)
    assert.equal((await two.ask('GET', '/sessions')).status, 401)
    assert.equal((await new Person(city).login('zhang')).status, 401)
    assert.equal((await new Person(city).login('zhang', OTHER)).json.state, 'open')
    assert.equal((await admin('PUT', '/session/password', { old: PASSWORD, new: OTHER })).status, 401, 'a token has no password')
  })

  await t.test('tokens are made in a session, cut down, listed, ended', async () => {
    const person = new Person(city)
    await person.login('zhang', OTHER)
    const made = await person.ask('POST', '/tokens', { name: '夜间导出', scopes: 'self matter.read', days: 30 })
    assert.equal(made.status, 201, made.text)
    const { secret, token } = made.json
    const mine = (method, address, body) => city.ask(method, `/api/v1${address}`, { body, token: secret })
    assert.deepEqual((await mine('GET', '/tokens')).json.tokens.map((x) => x.name), ['夜间导出'])
    assert.equal((await mine('POST', '/tokens', { name: 'x', scopes: '*', days: 700 })).status, 403, 'a token makes no other')
    assert.equal((await person.ask('POST', '/tokens', { name: 'x', scopes: '*', days: 366 })).json.field, 'days')
    assert.equal((await person.ask('POST', '/tokens', { name: 'x', scopes: '; DROP', days: 3 })).json.field, 'scopes')
    const foreign = (await audit('GET', '/tokens')).json.tokens[0]
    assert.equal((await person.ask('DELETE', `/tokens/${foreign.id}`)).status, 404)
    assert.equal((await person.ask('DELETE', `/tokens/${token.id}`)).status, 204)
    assert.equal((await mine('GET', '/tokens')).status, 401)

    const second = (await person.ask('POST', '/tokens', { name: '二', scopes: '*', days: 1 })).json
    assert.deepEqual((await admin('GET', `/accounts/${zhang}/tokens`)).json.tokens.map((x) => Boolean(x.revoked_at)), [true, false])
    assert.equal((await admin('DELETE', `/accounts/${zhang}/tokens/${foreign.id}`)).status, 404, 'another account\'s')
    assert.equal((await admin('DELETE', `/accounts/${zhang}/tokens/${second.token.id}`)).status, 204)
    assert.equal((await city.ask('GET', '/api/v1/tokens', { token: second.secret })).status, 401)
  })

  await t.test('sessions of others are seen and ended; locked is out, unlocked is in, closed is for good', async () => {
    const person = new Person(city)
    await person.login('zhang', OTHER)
    assert.ok((await admin('GET', `/accounts/${zhang}/sessions`)).json.sessions.length > 0)
    assert.equal((await admin('DELETE', `/accounts/${zhang}/sessions`)).status, 204)
    assert.equal((await admin('GET', `/accounts/${zhang}/sessions`)).json.sessions.length, 0)
    assert.equal((await person.ask('GET', '/sessions')).status, 401)
    await person.login('zhang', OTHER)
    assert.equal((await admin('POST', `/accounts/${zhang}/lock`)).json.state, 'locked')
    assert.equal((await person.ask('GET', '/sessions')).status, 401)
    assert.equal((await new Person(city).login('zhang', OTHER)).status, 401)
    assert.equal((await admin('POST', `/accounts/${zhang}/unlock`)).json.state, 'open')
    assert.equal((await new Person(city).login('zhang', OTHER)).json.state, 'open')
    assert.equal((await admin('POST', `/accounts/${zhang}/close`)).json.state, 'closed')
    assert.equal((await admin('POST', `/accounts/${zhang}/unlock`)).json.code, 'not_now')
    assert.equal((await admin('POST', `/accounts/${zhang}/invite`)).json.code, 'not_now')
  })

  await t.test('a lost second factor is taken away by another administrator than the one who gives links', async () => {
    const made = await admin('POST', '/accounts', { login: 'wang', name: '王五' })
    wang = made.json.account.id
    for (const [who, path, body] of [[security, '', { account: wang, role: 'secadmin', reason: '第二名安全管理员' }]]) {
      const grant = await who('POST', `/grants${path}`, body)
      assert.equal(grant.status, 201, grant.text)
      assert.equal((await admin('POST', `/grants/${grant.json.id}/approve`, { reason: '同意' })).status, 200)
    }
    const person = await new Person(city).enter('wang', secretOf(made))
    assert.equal((await person.ask('GET', '/accounts')).status, 200, 'strong')
    assert.equal((await person.ask('DELETE', `/accounts/${wang}/factor`)).json.code, 'forbidden', 'not one\'s own')
    const token = await person.ask('POST', '/tokens', { name: '强', scopes: 'account.read', days: 1 })
    assert.equal(token.status, 201, token.text)
    assert.equal((await admin('GET', `/accounts/${wang}`)).json.second_factor, true)
    assert.equal((await security('DELETE', `/accounts/${wang}/factor`)).json.second_factor, false)
    assert.equal((await security('DELETE', `/accounts/${wang}/factor`)).json.code, 'not_now')
    assert.equal((await person.ask('GET', '/sessions')).status, 401)
    assert.equal((await person.login('wang')).json.state, 'enrol', 'and sets up another')
    await person.enrol()
  })

  await t.test('the audit administrator finds all of it, and it is found that he looked', async () => {
    const acts = async (query = '') => (await audit('GET', `/audit${query}`)).json.acts
    const all = await acts('?limit=200')
    for (const act of ['account.add', 'account.rename', 'account.invite', 'account.lock', 'account.unlock', 'account.close', 'password.set',
      'token.add', 'token.revoke', 'totp.on', 'totp.off', 'session.revoke', 'login', 'login.failed', 'grant.ask', 'grant.give']) {
      assert.ok(all.some((a) => a.act === act), `no ${act} among ${all.map((a) => a.act)}`)
    }
    const adminId = (await admin('GET', '/access')).json.account
    const made = all.find((a) => a.act === 'account.add' && a.subject === `account/${zhang}`)
    assert.deepEqual([made.account, made.login, made.title], [adminId, 'admin', '新建账号'])
    assert.match(made.address, /^127\.|^::1/)
    const kinds = (await audit('GET', '/audit/acts')).json.acts
    assert.equal(kinds.find((k) => k.act === 'account.add').title.en, 'made an account')
    for (const a of await acts()) assert.ok(kinds.some((k) => k.act === a.act), a.act)
    assert.equal((await audit('GET', '/audit?act=account.add&lang=en')).json.acts[0].title, 'made an account')
    assert.ok((await acts(`?subject=account/${zhang}`)).every((a) => a.subject === `account/${zhang}`))
    assert.ok((await acts(`?account=${adminId}`)).every((a) => a.login === 'admin'))
    const some = await acts('?act=account.')
    assert.ok(some.length > 5 && some.every((a) => a.act.startsWith('account.')))
    assert.equal((await acts(`?from=${encodeURIComponent(new Date(Date.now() + 3600e3).toISOString())}`)).length, 0)
    assert.equal((await acts(`?until=${encodeURIComponent('2020-01-01T00:00:00Z')}`)).length, 0)

    const first = (await audit('GET', '/audit?limit=3&act=account.')).json
    const second = (await audit('GET', `/audit?limit=3&act=account.&cursor=${first.next}`)).json
    assert.deepEqual([...first.acts, ...second.acts].map((a) => a.idx), some.slice(0, 6).map((a) => a.idx))
    const searches = await acts('?act=audit.search')
    assert.ok(searches.length > 5 && searches.every((a) => a.login === 'audit' && a.role === 'audadmin'))
    assert.deepEqual(searches[0].more, { act: 'audit.search' })
    assert.equal((await audit('GET', '/audit?act=nonsense')).json.field, 'act')
    assert.equal((await audit('GET', '/audit?cursor=nonsense')).json.field, 'cursor')
  })

  await t.test('and takes it out, which is recorded', async () => {
    const json = await audit('POST', '/audit/export', { format: 'json', act: 'account.' })
    assert.match(json.headers.get('content-disposition'), /audit\.json/)
    assert.ok(json.json.length > 5 && json.json.every((a) => a.act.startsWith('account.')))
    const csv = await audit('POST', '/audit/export', { format: 'csv', address: '127.' })
    const lines = csv.text.trim().split('\r\n')
    assert.ok(csv.text.startsWith('\ufeff'))
    assert.match(lines[0], /^序号,时间,事项,名称,账号,登录名,地址/)
    assert.ok(lines.length > 10)
    assert.equal((await audit('POST', '/audit/export', { format: 'csv', address: '10.' })).text.trim().split('\r\n').length, 1)
    const [act] = (await audit('GET', '/audit?act=audit.export&limit=1')).json.acts
    assert.deepEqual([act.data, act.more], [{ format: 'csv', rows: 0 }, { address: '10.' }])
    for (const other of [admin, security, officer]) {
      assert.equal((await other('GET', '/audit')).status, 403)
      assert.equal((await other('GET', '/audit/acts')).status, 403)
      assert.equal((await other('POST', '/audit/export', { format: 'csv' })).status, 403)
    }
  })

  await t.test('everything documented about this was seen to succeed', () => {
    const these = operations.filter((o) => o.op.tags.some((x) => ['accounts', 'audit'].includes(x)))
    assert.ok(these.length >= 15)
    for (const { method, address, op } of these) {
      for (const wanted of Object.keys(op.responses).filter((s) => s < 400)) {
        assert.ok(answered.get(`${method} ${address}`)?.has(Number(wanted)), `${method} ${address} never answered ${wanted}`)
      }
    }
  })

  await t.test('the command line does the same', async () => {
    await city.halt()
    const command = (...args) => {
      const answer = run([...args.slice(0, 2), ...city.place, ...args.slice(2)])
      assert.equal(answer.status, 0, `${args}: ${answer.stderr}`)
      return answer.stdout
    }
    const listed = JSON.parse(command('audit', 'list', '--json', '--act', 'account.close', '--account', 'admin'))
    assert.deepEqual(listed.map((a) => a.subject), [`account/${zhang}`])
    assert.match(command('audit', 'list', '--limit', '3'), /audit\.search|audit\.export/)
    assert.equal(JSON.parse(command('audit', 'export', '--format', 'json', '--subject', `account/${zhang}`)).at(-1).act, 'account.add')
    assert.match(command('audit', 'export', '--lang', 'en', '--act', 'totp.'), /^\ufeffindex,time,act/)
    assert.deepEqual(JSON.parse(command('audit', 'list', '--json', '--act', 'audit.export'))[0].address, 'console')
    assert.equal(JSON.parse(command('account', 'rename', '--json', 'wang', '王六')).account.name, '王六')
    command('factor', 'remove', 'wang')
    const [ended] = JSON.parse(command('audit', 'list', '--json', '--act', 'session.revoke'))
    assert.deepEqual([ended.subject, ended.address], [`account/${wang}`, 'console'])
    assert.equal(run(['factor', 'remove', ...city.place, 'wang']).status, 4, 'there is none')
    for (const bad of [['--from', 'gestern'], ['--act', 'nonsense'], ['--account', 'nobody.here']]) {
      assert.notEqual(run(['audit', 'list', ...city.place, ...bad]).status, 0, bad[0])
    }
    await city.serve()
  })
})
