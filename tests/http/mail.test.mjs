// Mail, webhooks and calendars, against a real mail server (aiosmtpd), a receiver that checks signatures, and a real
// parser of calendars.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import test from 'node:test'
import { City, logText } from './city.mjs'
import { huiyin, root } from './contract.mjs'

const python = '/usr/bin/python3'
const has = (module) => spawnSync(python, ['-c', `import ${module}`]).status === 0
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
async function until(what, found, ms = 15000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) {
    const got = await found()
    if (got) return got
  }
  assert.fail(`not within ${ms} ms: ${what}`)
}

class MailServer {
  constructor(dir, port = 0, more = []) {
    this.letters = []
    this.process = spawn(python, [path.join(root, 'tests/fixtures/mail/server.py'), '--port', port, '--cert', path.join(dir, 'cert'),
      '--key', path.join(dir, 'key'), '--require-starttls', '--user', 'huiyin', '--password', '试 secret-word', ...more], { stdio: ['ignore', 'pipe', 'ignore'] })
    const lines = readline.createInterface({ input: this.process.stdout })
    this.ready = new Promise((done) => lines.on('line', (line) => {
      if (line.startsWith('port ')) done(this.port = Number(line.slice(5)))
      else this.letters.push(JSON.parse(line))
    }))
  }
  to(address) { return this.letters.filter((l) => l.to[0] === address) }
  async stop() {
    const gone = new Promise((done) => this.process.once('exit', done))
    this.process.kill('SIGKILL')
    await gone
  }
}

// A receiver as its owner would write it.
class Receiver {
  async start() {
    this.got = [] // {delivery, event, body, ok}
    this.answers = [] // statuses to give next; then 204
    this.server = http.createServer((req, res) => {
      let body = ''
      req.on('data', (d) => { body += d })
      req.on('end', () => {
        const at = req.headers['huiyin-timestamp']
        const want = createHmac('sha256', Buffer.from(this.secret ?? '', 'hex')).update(`${at}.${body}`).digest()
        const [, hex] = /^v1=([0-9a-f]{64})$/.exec(req.headers['huiyin-signature'] ?? '') ?? []
        const ok = Boolean(hex) && timingSafeEqual(want, Buffer.from(hex, 'hex')) && Math.abs(Date.now() / 1000 - at) < 300
        this.got.push({ delivery: req.headers['huiyin-delivery'], event: req.headers['huiyin-event'], body, ok, text: JSON.parse(body) })
        res.writeHead(this.answers.shift() ?? 204).end()
      })
    })
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${this.server.address().port}/huiyin`
    return this
  }
  stop() { this.server.closeAllConnections(); this.server.close() }
}

test('what goes out', { skip: !has('aiosmtpd') && 'python3-aiosmtpd is not installed' }, async (t) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'huiyin-mail-'))
  t.after(() => rmSync(dir, { recursive: true }))
  execFileSync('openssl', ['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', path.join(dir, 'key'), '-out', path.join(dir, 'cert')], { stdio: 'ignore' })
  let mail = new MailServer(dir)
  await mail.ready
  const city = await City.start()
  t.after(async () => { await mail.stop(); await city.stop() })
  let logs = ''
  const run = (...args) => spawnSync(huiyin, args, { cwd: root, encoding: 'utf8' })
  const set = async (name, value) => {
    const token = /^(mail\.tls|hook\.inside)$/.test(name) ? city.tokens.security : city.tokens.admin
    const answer = await city.ask('PUT', `/api/v1/settings/${name}`, { body: { value }, token })
    assert.equal(answer.status, 200, answer.text)
  }
  const admin = (method, address, body) => city.ask(method, address, { body, token: city.tokens.admin })
  const messages = async (query = '') => (await admin('GET', `/api/v1/messages${query}`)).json.messages
  const state = (id, word) => until(`message ${id} ${word}`, async () => {
    const { json } = await admin('GET', `/api/v1/messages/${id}`)
    return json.message.state === word && json
  })
  const news = (filed, body) => city.post('/api/v1/public/news', { code: filed.code, secret: filed.secret, set: false, ...body })
  const file = async (title) => {
    const answer = await city.post('/api/v1/public/matters', { kind: 'complaint', data: { title, body: '秘密的内容', name: '李四', contact: '13912345678' } })
    assert.equal(answer.status, 201, answer.text)
    return answer.json
  }

  await t.test('a test says what lacks, and then what the server answered', async () => {
    const lacks = run('mail', 'test', ...city.place, 'me@city.example')
    assert.notEqual(lacks.status, 0)
    assert.match(lacks.stderr, /mail\.host/)
    for (const [name, value] of Object.entries({ 'mail.host': 'localhost', 'mail.port': `${mail.port}`, 'mail.from': 'huiyin@city.example',
      'mail.bounce': 'bounce@city.example', 'mail.user': 'huiyin', 'tell.first_pause': '1s', 'mail.site': 'https://huiyin.example', 'mail.digest_hours': 'always',
      'mail.digest_every': '1s' })) await set(name, value)
    assert.match(run('mail', 'test', ...city.place, 'me@city.example').stderr, /mail\.password/)
    writeFileSync(path.join(city.data, 'keys/mail.password'), '试 secret-word\n')
    chmodSync(path.join(city.data, 'keys/mail.password'), 0o600)
    const unknown = run('mail', 'test', ...city.place, 'me@city.example')
    assert.notEqual(unknown.status, 0, 'nobody knows this certificate')
    copyFileSync(path.join(dir, 'cert'), path.join(city.data, 'keys/mail.ca.pem'))
    const good = run('mail', 'test', ...city.place, 'me@city.example')
    assert.equal(good.status, 0, good.stderr)
    assert.match(good.stdout, /^250 /)
    const [letter] = await until('the test', () => mail.to('me@city.example').length && mail.to('me@city.example'))
    assert.deepEqual([letter.tls, letter.user, letter.bounce, letter.subject, letter.defects], [true, true, 'bounce@city.example', '邮件设置测试', []])
    const refused = run('mail', 'test', ...city.place, 'never@city.example')
    assert.match(refused.stderr, /550/)
    assert.match(run('mail', 'test', ...city.place, 'a@b\r\nRCPT').stderr, /no mail address/)
  })

  const first = await file('路灯不亮')
  await t.test('news needs mail to be on, code and secret, and an address', async () => {
    assert.equal((await news(first, { set: true, address: 'li@home.example' })).json.code, 'not_now')
    await set('mail.on', 'true')
    assert.equal((await news(first, { set: true, address: 'li home' })).json.field, 'address')
    assert.equal((await news({ ...first, secret: '0000000000000000' }, { set: true, address: 'li@home.example' })).status, 404)
    const answer = await news(first, { set: true, address: 'li@home.example' })
    assert.deepEqual(answer.json, { address: 'l***@home.example', on: true })
    const [letter] = await until('the first mail', () => mail.to('li@home.example').length && mail.to('li@home.example'))
    assert.match(letter.subject, new RegExp(`进展通知：${first.code}`))
  })

  await t.test('a move is told once, with the code and nothing else; one\'s own is not', async () => {
    await city.made(first.code, 'accept', 'desk', {})
    const letters = await until('news', () => mail.to('li@home.example').length === 2 && mail.to('li@home.example'))
    assert.match(letters[1].subject, /有新进展/)
    assert.ok(letters[1].text.includes(first.code))
    for (const word of ['路灯', '秘密', '李四', '13912345678', first.secret]) assert.ok(!letters[1].text.includes(word) && !letters[1].subject.includes(word), word)
    await city.post('/api/v1/public/moves', { code: first.code, secret: first.secret, move: 'add', data: { text: '补充' } })
    await city.made(first.code, 'note', 'desk', { text: '内部备注' })
    await sleep(2500)
    assert.equal(mail.to('li@home.example').length, 2)
    const list = await messages('?kind=news')
    assert.ok(list.every((m) => m.state === 'sent' && m.status === 250), JSON.stringify(list))
    assert.ok(!JSON.stringify(list).includes('home.example'))
  })

  await t.test('address and mails are in what is given out, and go with what is erased', async () => {
    const own = { code: first.code, secret: first.secret }
    const { news: kept } = (await city.post('/api/v1/public/data', own)).json
    assert.deepEqual(kept, { address: 'li@home.example', mails: [] }) // what was sent keeps no address
    const gone = await file('另一件')
    await news(gone, { set: true, address: 'gone@home.example' })
    await until('its mail', () => mail.to('gone@home.example').length)
    await city.halt()
    assert.equal(run('matter', 'erase', ...city.place, gone.code, '--basis', '个人信息保护法第四十七条').status, 0)
    await city.serve()
    assert.deepEqual((await city.post('/api/v1/public/data', { code: gone.code, secret: gone.secret })).json.news, { address: '', mails: [] })
  })

  await t.test('a sealed matter takes no address', async () => {
    const filed = (await city.post('/api/v1/public/matters', { kind: 'complaint', protect: true, data: { title: '举报', body: '内容' } })).json
    if (!filed.code || filed.status) return
    const answer = await news(filed, { set: true, address: 'who@home.example' })
    assert.equal(answer.status, 409)
    assert.match(answer.json.detail, /sealed/)
  })

  await t.test('a server that is down is waited for, with growing pauses', async () => {
    const port = mail.port
    await mail.stop()
    await city.made(first.code, 'dispatch', 'desk', { unit: 'gongan' })
    const waiting = await until('two tries', async () => (await messages('?kind=news')).find((m) => m.state === 'waiting' && m.tries >= 2))
    // ... which the operator sees.
    const figures = (await city.ask('GET', '/metrics')).text
    assert.match(figures, /^huiyin_outgoing_messages\{kind="news",state="waiting"\} [1-9]/m)
    assert.match(figures, /^huiyin_outgoing_oldest_seconds\{kind="news"\} \d+$/m)
    assert.ok(Number(/^huiyin_outgoing_tries_total\{kind="news",fate="later"\} (\d+)$/m.exec(figures)[1]) >= 2, figures)
    assert.equal(waiting.status, 0)
    assert.ok(!waiting.said.includes('home.example'))
    mail = new MailServer(dir, port)
    await mail.ready
    const { tries } = await state(waiting.id, 'sent')
    assert.deepEqual([tries.at(-1).fate, tries[0].fate], ['taken', 'later'])
    const pauses = tries.slice(1).map((x, i) => Date.parse(x.at) - Date.parse(tries[i].at))
    assert.ok(pauses.at(-1) > 1.4 * pauses[0] || pauses.length < 2, pauses.join())
    assert.equal(mail.to('li@home.example').length, 1)
  })

  await t.test('four hundreds are tried again, five hundreds given up and shown without the address', async () => {
    for (const [who, word] of [['never', 'given_up'], ['spam', 'given_up'], ['later', 'waiting'], ['full', 'waiting']]) {
      const filed = await file(who)
      await news(filed, { set: true, address: `${who}@home.example` })
      const { id } = (await messages('?kind=news'))[0]
      const m = await until(who, async () => {
        const { json } = await admin('GET', `/api/v1/messages/${id}`)
        return json.tries.length >= (word === 'waiting' ? 2 : 1) && json
      })
      assert.equal(m.message.state, word, who)
      assert.ok(m.message.status >= 400 && !JSON.stringify(m).includes('home.example'), JSON.stringify(m))
      if (word === 'given_up') {
        const again = await admin('POST', `/api/v1/messages/${id}/again`)
        assert.equal(again.json.message.state, 'waiting')
        await state(id, 'given_up')
      } else {
        assert.equal((await admin('POST', `/api/v1/messages/${id}/again`)).status, 409)
        await news(filed, { set: true, address: '' })
        await state(id, 'dropped')
      }
    }
    const given = JSON.parse(run('mail', 'list', ...city.place, '--state', 'given_up', '--json').stdout)
    assert.equal(given.length, 2)
    const found = JSON.parse(run('doctor', '--data', city.data, ...city.store, '--json').stdout)
    assert.match(JSON.stringify(found), /tell\.delivered/)
  })

  await t.test('killed between sending and noting it, the same letter goes out again under the same Message-ID', async () => {
    const filed = await file('会重发')
    await news(filed, { set: true, address: 'silent@home.example' })
    await until('the server has it', () => mail.to('silent@home.example').length === 1)
    logs += city.log
    city.process.kill('SIGKILL')
    await city.ended
    await city.serve()
    const [one, two] = await until('once more', () => mail.to('silent@home.example').length === 2 && mail.to('silent@home.example'))
    assert.equal(one.headers['message-id'], two.headers['message-id'])
    await until('noted', async () => (await messages('?kind=news'))[0].state === 'sent')
  })

  await t.test('officials are told what waits for them, once', async () => {
    assert.equal((await city.ask('PUT', '/api/v1/mail/own', { body: { address: 'x' }, token: city.tokens.officer })).json.field, 'address')
    const answer = await city.ask('PUT', '/api/v1/mail/own', { body: { address: 'officer@city.example' }, token: city.tokens.officer })
    assert.deepEqual(answer.json, { address: 'officer@city.example', on: true })
    const [letter] = await until('a digest', () => mail.to('officer@city.example').length && mail.to('officer@city.example'))
    assert.match(letter.subject, /待办提醒：新到 1 件/)
    assert.ok(letter.text.includes(first.code) && !letter.text.includes('路灯'))
    await sleep(2500)
    assert.equal(mail.to('officer@city.example').length, 1, 'nothing new: nothing told')
    const second = await file('井盖')
    await city.made(second.code, 'accept', 'desk', {})
    await city.made(second.code, 'dispatch', 'desk', { unit: 'gongan' })
    const letters = await until('another', () => mail.to('officer@city.example').length === 2 && mail.to('officer@city.example'))
    assert.ok(letters[1].text.includes(second.code) && !letters[1].text.includes(first.code))
    await city.ask('PUT', '/api/v1/mail/own', { body: { address: '' }, token: city.tokens.officer })
  })

  await t.test('a webhook is signed, tried again, logged, and turned off by 410', async () => {
    const receiver = await new Receiver().start()
    t.after(() => receiver.stop())
    const make = (url, events = 'matter') => admin('POST', '/api/v1/hooks', { name: '短信网关', url, events })
    assert.equal((await make(receiver.url)).json.field, 'url', 'unencrypted')
    await set('hook.inside', 'true')
    assert.equal((await make(receiver.url, 'account')).json.field, 'events')
    const made = await make(receiver.url)
    assert.equal(made.status, 201, made.text)
    receiver.secret = made.json.secret
    assert.match(made.json.secret, /^[0-9a-f]{64}$/)
    const { id } = made.json.hook
    assert.ok(!(await admin('GET', '/api/v1/hooks')).text.includes(made.json.secret))
    receiver.answers = [500, 302]
    const filed = await file('噪声')
    const got = await until('three posts', () => receiver.got.length === 3 && receiver.got)
    assert.ok(got.every((g) => g.ok && g.delivery === got[0].delivery && g.body === got[0].body))
    assert.deepEqual([got[0].event, got[0].text.subject, got[0].text.role, got[0].text.city], ['matter.file', `matter/${filed.code}`, 'citizen', '试验市'])
    assert.match(got[0].text.text, new RegExp(`^${filed.code}：`))
    for (const word of ['噪声', '秘密', '李四']) assert.ok(!got[0].body.includes(word))
    const { tries } = await state(Number(got[0].delivery), 'sent')
    assert.deepEqual(tries.map((x) => x.status), [500, 302, 204])
    const sealed = await city.post('/api/v1/public/matters', { kind: 'complaint', protect: true, data: { title: '举报', body: '内容' } })
    const ping = await admin('POST', `/api/v1/hooks/${id}/ping`)
    await state(ping.json.message, 'sent')
    await sleep(1500)
    if (sealed.status === 201) assert.ok(!receiver.got.some((g) => g.body.includes(sealed.json.code)), 'protected matters go nowhere')
    receiver.answers = [410]
    const last = await admin('POST', `/api/v1/hooks/${id}/ping`)
    await state(last.json.message, 'given_up')
    assert.equal((await admin('GET', '/api/v1/hooks')).json.hooks[0].on, false)
    assert.equal((await admin('POST', `/api/v1/hooks/${id}/ping`)).status, 409)
    await admin('PUT', `/api/v1/hooks/${id}/on`, { on: true })
    assert.equal((await admin('GET', '/api/v1/hooks')).json.hooks[0].on, true)
    assert.equal((await admin('DELETE', `/api/v1/hooks/${id}`)).status, 204)
    assert.deepEqual((await admin('GET', '/api/v1/hooks')).json.hooks, [])
    assert.equal((await admin('DELETE', `/api/v1/hooks/${id}`)).status, 404)
  })

  await t.test('private addresses are not asked unless the city allows it', async () => {
    const made = await admin('POST', '/api/v1/hooks', { name: '内网', url: 'https://127.0.0.1:1/x', events: 'card' })
    await set('hook.inside', 'false')
    const { json } = await admin('POST', `/api/v1/hooks/${made.json.hook.id}/ping`)
    const m = await until('refused', async () => {
      const answer = await admin('GET', `/api/v1/messages/${json.message}`)
      return answer.json.tries.length && answer.json
    })
    assert.match(m.tries[0].said, /private address/)
    await admin('DELETE', `/api/v1/hooks/${made.json.hook.id}`)
  })

  await t.test('a calendar of deadlines, read by a real parser, ended by its owner', { skip: !has('icalendar') && 'python3-icalendar is not installed' }, async () => {
    const own = (method) => city.ask(method, '/api/v1/feed', { token: city.tokens.officer })
    assert.deepEqual((await own('GET')).json, { made_at: null })
    const made = await own('POST')
    assert.match(made.json.path, /^\/feed\/[0-9a-f]{64}\.ics$/)
    const feed = await city.ask('GET', made.json.path, { token: null })
    assert.equal(feed.headers.get('content-type'), 'text/calendar; charset=utf-8')
    const read = spawnSync(python, ['-c', `
import sys, json, icalendar
c = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
print(json.dumps([[str(e['UID']), str(e['SUMMARY']), e.decoded('DTSTART').isoformat(), len(e.errors)] for e in c.walk('VEVENT')]))`], { input: feed.bytes, encoding: 'utf8' })
    assert.equal(read.status, 0, read.stderr)
    const events = JSON.parse(read.stdout)
    const row = (await city.get(`/api/v1/matters/${first.code}`)).json
    const entry = events.find(([uid]) => uid === `${first.code}@huiyin`)
    assert.ok(entry, read.stdout)
    assert.equal(Math.floor(Date.parse(entry[2]) / 1000), Math.floor(Date.parse(row.due_at) / 1000))
    assert.ok(events.every((x) => x[3] === 0) && !feed.text.includes('路灯'))
    const newer = await own('POST')
    assert.equal((await city.ask('GET', made.json.path, { token: null })).status, 404, 'an old address ends')
    assert.equal((await city.ask('GET', newer.json.path, { token: null })).status, 200)
    assert.equal((await own('DELETE')).status, 204)
    assert.equal((await city.ask('GET', newer.json.path, { token: null })).status, 404)
  })

  await t.test('the same on the command line', async () => {
    logs += city.log
    await city.halt()
    const good = (...args) => {
      const { status, stdout, stderr } = run(...args, ...city.place)
      assert.equal(status, 0, stderr)
      return stdout
    }
    const { id, secret } = JSON.parse(good('hook', 'add', '聊天', 'https://chat.example.cn/x', '--events', 'card.raise', '--json'))
    assert.match(secret, /^[0-9a-f]{64}$/)
    assert.match(good('hook', 'list'), new RegExp(`${id} +on +聊天 +https://chat.example.cn/x +card.raise`))
    good('hook', 'turn', `${id}`, 'off')
    assert.equal(JSON.parse(good('hook', 'list', '--json'))[0].on, false)
    good('hook', 'end', `${id}`)
    assert.notEqual(run('hook', 'end', `${id}`, ...city.place).status, 0)
    assert.match(run('hook', 'add', 'x', 'http://chat.example.cn/x', ...city.place).stderr, /https/)
    good('mail', 'address', 'second', 'second@city.example')
    assert.match(run('mail', 'address', 'nobody', 'a@b', ...city.place).stderr, /nobody/)
    const [last] = JSON.parse(good('mail', 'list', '--state', 'given_up', '--json'))
    good('mail', 'again', `${last.id}`)
    assert.match(good('mail', 'show', `${last.id}`), /waiting/)
    await city.serve()
  })

  await t.test('the password and the addresses stand in no log', async () => {
    const log = logs + city.log + await logText(city)
    for (const word of ['secret-word', 'home.example', 'officer@city.example']) assert.ok(!log.includes(word), word)
  })
})
