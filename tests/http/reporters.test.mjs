// Whoever reports a wrong: filing and following without an account, and what of it is found nowhere else.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { login } from '../logins.mjs'
import { City, logText } from './city.mjs'
import { huiyin, root } from './contract.mjs'
import { custodians } from './custodians.mjs'

const name = '欧阳守密'
const contact = '13912345678'

async function started(t) {
  const city = await City.start({ homes: ['chengguan'] })
  t.after(() => city.stop())
  return city
}

function filesOf(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? filesOf(path.join(dir, e.name)) : e.isFile() ? [path.join(dir, e.name)] : [])
}
const holds = (city, word) => filesOf(city.data).filter((f) => readFileSync(f).includes(word))

test('a protected reporter files, follows, adds, and is named nowhere', async (t) => {
  const city = await started(t)
  const keepers = await custodians(city)
  const filed = await city.post('/api/v1/public/matters', {
    kind: 'complaint', protect: true,
    data: { title: '窗口索要好处', body: `我叫${name}，电话${contact}`, about_unit: 'gongan', name, contact },
  })
  assert.equal(filed.status, 201, filed.text)
  assert.equal(filed.json.protected, true)
  const { code, secret } = filed.json
  assert.match(secret, /^[0-9]{16}$/)

  // The desk sees the matter, and not who filed it; nor whether anybody is known to have.
  const seen = await city.get(`/api/v1/matters/${code}`)
  assert.equal(seen.json.timeline[0].private.name, undefined)
  assert.equal(seen.json.timeline[0].private.contact, undefined)
  assert.equal(seen.json.guard, 'protected')
  const nameless = await city.post('/api/v1/public/matters', { kind: 'complaint', protect: true, data: { title: '匿名' } })
  const other = await city.get(`/api/v1/matters/${nameless.json.code}`)
  const keys = (m) => Object.keys(m.json.timeline[0].private).filter((k) => !['title', 'body', 'about_unit', 'routed'].includes(k))
  assert.deepEqual(keys(other), keys(seen))

  // Blanks and hyphens do not matter; a wrong secret and a wrong code get the same answer.
  const groups = secret.match(/.{4}/g)
  assert.equal((await city.post('/api/v1/lookup', { code, secret: groups.join(' ') })).status, 200)
  const wrong = await city.post('/api/v1/lookup', { code, secret: '0'.repeat(16) })
  const nowhere = await city.post('/api/v1/lookup', { code: 'TS-1999-000001', secret: '0'.repeat(16) })
  assert.equal(wrong.status, 404)
  assert.deepEqual([wrong.json.code, wrong.json.detail], [nowhere.json.code, nowhere.json.detail])

  // A citizen's move, and no official's.
  const official = await city.post('/api/v1/public/moves', { code, secret, move: 'accept' })
  assert.equal(official.json.code, 'forbidden')
  const stranger = await city.post('/api/v1/public/moves', { code, secret: '0'.repeat(16), move: 'withdraw' })
  assert.equal(stranger.status, 404)

  // Three people open it; the reporter reads each step with its purpose and no names.
  assert.equal((await city.post(`/api/v1/matters/${code}/identity`, { purpose: '核实打击报复' })).status, 201)
  const alone = await city.ask('POST', '/api/v1/identity/requests/1/open?custodian=2', { token: keepers.token.b })
  assert.equal(alone.json.code, 'not_now')
  const packet = await city.ask('GET', '/api/v1/identity/requests/1/packet?custodian=1', { token: keepers.token.a })
  const consent = { consent: keepers.consent('a', packet.text) }
  assert.equal((await city.ask('POST', '/api/v1/identity/requests/1/consent?custodian=1', { body: consent, token: keepers.token.a })).json.state, 'consented')
  assert.equal((await city.ask('POST', '/api/v1/identity/requests/1/open?custodian=1', { token: keepers.token.a })).json.code, 'forbidden')
  const opened = await city.ask('POST', '/api/v1/identity/requests/1/open?custodian=2', { token: keepers.token.b })
  assert.equal(keepers.openRefused('a', opened.text).code, 'forbidden')
  assert.deepEqual(keepers.open('b', opened.text), { name, contact })
  const told = (await city.post('/api/v1/lookup', { code, secret })).json.identity
  assert.deepEqual(told.map((s) => s.step), ['requested', 'consented', 'opened'])
  assert.equal(told[0].purpose, '核实打击报复')

  // Neither name nor number outside the text that says them: not in the log, the messages, the folder.
  const log = await logText(city)
  assert.ok(log.includes(code))
  for (const word of [name, contact, secret, '打击报复', '索要好处', 'gongan"}']) assert.ok(!log.includes(word), word)
  for (const word of [name, contact, secret]) assert.ok(!city.log.includes(word), word)
  assert.deepEqual(holds(city, secret), [])
  const exported = await city.get('/api/v1/supervision/figures/received/matters?limit=10')
  assert.ok(!exported.text.includes(name) && !exported.text.includes(contact))

  // Erased: the log verifies (city.stop() sees to it), and nothing is left in the folder.
  await city.halt()
  execFileSync(huiyin, ['matter', 'erase', ...city.place, code, '--basis', '个人信息保护法第四十七条'], { cwd: root })
  await city.serve()
  const gone = await city.post('/api/v1/lookup', { code, secret })
  assert.equal(gone.json.title, '')
  assert.equal((await city.post(`/api/v1/matters/${code}/identity`, { purpose: '再看一次' })).json.code, 'not_now')
  if (!city.store.length) {
    await city.halt()
    for (const word of [name, contact]) assert.deepEqual(holds(city, word), [], word)
    await city.serve()
  }
})

const publicKey = () => `huiyin-custodian-1 ${generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex')}`

test('a key counts when its owner has offered it and a second person has named it', async (t) => {
  const city = await started(t)
  await city.halt()
  const other = login((args) => execFileSync(huiyin, args, { cwd: root, encoding: 'utf8' }), city.place, 'keeper.two', ['custodian'])
  await city.serve()
  const { keeper, security, officer, audit } = city.tokens
  const offer = (token, group, key = publicKey(), label = '纪检组长') => city.ask('POST', '/api/v1/custodians', { token, body: { group, key, label } })
  const act = (token, id, what) => city.ask('POST', `/api/v1/custodians/${id}/${what}`, { token })
  const list = async () => (await city.get('/api/v1/custodians')).json
  const named = () => city.post('/api/v1/public/matters', { kind: 'complaint', protect: true, data: { title: '窗口', name } })
  assert.deepEqual(await list(), { complete: false, custodians: [] })

  // Offered by whoever is a custodian, named by another.
  for (const token of [officer, security, audit]) assert.equal((await offer(token, 'a')).json.code, 'forbidden')
  for (const key of ['huiyin-custodian-1 00', `huiyin-custodian-1 ${'0'.repeat(64)}`]) assert.deepEqual([(await offer(keeper, 'a', key)).json.field], ['key'])
  const first = await offer(keeper, 'a')
  assert.deepEqual([first.status, first.json.state, first.json.login], [201, 'offered', 'keeper'])
  for (const token of [keeper, other, officer, audit]) assert.equal((await act(token, 1, 'name')).json.code, 'forbidden')
  assert.equal((await named()).json.code, 'not_now', 'what is offered seals nothing')
  assert.equal((await act(security, 1, 'name')).json.state, 'named')
  assert.equal((await act(security, 1, 'name')).json.code, 'not_now')
  assert.equal((await act(security, 9, 'name')).json.code, 'not_found')

  // Nobody holds both halves, nor one key twice; an offer may be turned down.
  assert.deepEqual([(await offer(keeper, 'b')).json.code, (await offer(keeper, 'b')).json.field], ['forbidden', 'account'])
  assert.equal((await offer(other, 'b', first.json.key)).json.code, 'exists')
  await offer(other, 'b')
  assert.equal((await act(security, 2, 'remove')).json.state, 'removed')
  assert.equal((await act(security, 2, 'name')).json.code, 'not_now')
  const third = await offer(other, 'b', publicKey(), '信访处长')
  assert.equal((await list()).complete, false)
  assert.equal((await act(security, third.json.id, 'name')).json.state, 'named')
  assert.equal((await list()).complete, true)
  assert.equal((await named()).status, 201)

  // One's own key may be taken away, another's not; then nothing is sealed any more.
  assert.equal((await act(keeper, third.json.id, 'remove')).json.code, 'forbidden')
  assert.equal((await act(audit, third.json.id, 'remove')).json.code, 'forbidden')
  assert.equal((await act(other, third.json.id, 'remove')).json.state, 'removed')
  assert.equal((await act(other, third.json.id, 'remove')).json.code, 'not_now')
  assert.equal((await named()).json.code, 'not_now')
  assert.deepEqual((await list()).custodians.map((k) => [k.id, k.group, k.state]), [[1, 'a', 'named'], [2, 'b', 'removed'], [3, 'b', 'removed']])

  // The audit finds every step; the public log has the keys, and nobody's name.
  const { acts } = (await city.ask('GET', '/api/v1/audit?act=seal.keys', { token: audit })).json
  assert.deepEqual(acts.map((a) => a.login), ['keeper.two', 'security', 'keeper.two', 'security', 'keeper.two', 'security', 'keeper'])
  const log = await logText(city)
  assert.ok(log.includes('custodian.offer') && log.includes('custodian.name'))
  for (const word of ['纪检组长', '信访处长', 'keeper.two']) assert.ok(!log.includes(word), word)
})

test('an open reporter is called back, and may hide or tell later', async (t) => {
  const city = await started(t)
  const filed = await city.post('/api/v1/public/matters',
    { kind: 'complaint', data: { title: '路灯不亮', name: '张三', contact: '13800138000' } })
  const own = { code: filed.json.code, secret: filed.json.secret }
  const seen = await city.get(`/api/v1/matters/${own.code}`)
  assert.equal(seen.json.timeline[0].private.contact, '13800138000')
  // Without custodians nothing can be sealed, and that is said before anything is kept.
  const early = await city.post('/api/v1/public/matters', { kind: 'complaint', protect: true, data: { title: '甲', name } })
  assert.equal(early.json.code, 'not_now')
  assert.equal((await city.post('/api/v1/public/matters', { kind: 'complaint', protect: true, data: { title: '甲' } })).status, 201)
  const given = await city.post('/api/v1/public/identity', { ...own, contact: '13700137000' })
  assert.deepEqual(given.json.identity.map((s) => s.step), ['given'])
  const again = await city.get(`/api/v1/matters/${own.code}`)
  assert.equal(again.json.timeline.at(-1).private.contact, '13700137000')
  assert.equal((await city.post('/api/v1/public/identity', own)).json.code, 'bad_field')
})

test('one code is not guessed at for long', async (t) => {
  const city = await started(t)
  const filed = await city.post('/api/v1/public/matters', { kind: 'complaint', data: { title: '路灯不亮' } })
  const seen = new Set()
  for (let i = 0; i < 30; i++) {
    const answer = await city.post('/api/v1/lookup', { code: filed.json.code, secret: String(i).padStart(16, '0') })
    seen.add(answer.json.code)
  }
  assert.deepEqual([...seen].sort(), ['not_found', 'too_many'])
})

test('texts are redacted by a person, from a proposal', async (t) => {
  const city = await started(t)
  const body = '我叫王小明，家住东风路12号，电话13800138000，邻居老李也知道。'
  const filed = await city.post('/api/v1/public/matters', { kind: 'complaint', data: { title: '夜间施工', body } })
  const address = `/api/v1/matters/${filed.json.code}/redaction`
  const proposed = (await city.get(address)).json.texts.find((x) => x.field === 'body')
  assert.equal(proposed.reviewed, false)
  assert.equal(proposed.redacted, '我叫〔姓名〕，家住〔住址〕，电话〔电话〕，邻居老李也知道。')
  const at = [...body].indexOf('李')
  const spans = [...proposed.spans, { from: at - 1, to: at + 1, kind: 'other' }]
  assert.equal((await city.post(address, { seq: 1, field: 'body', redaction: { spans } })).status, 204)
  const reviewed = (await city.get(address)).json.texts.find((x) => x.field === 'body')
  assert.equal(reviewed.reviewed, true)
  assert.equal(reviewed.redacted, '我叫〔姓名〕，家住〔住址〕，电话〔电话〕，邻居〔略〕也知道。')
  const beyond = await city.post(address, { seq: 1, field: 'body', redaction: { spans: [{ from: 0, to: 999, kind: 'name' }] } })
  assert.equal(beyond.json.code, 'bad_field')
  assert.equal((await city.post(address, { seq: 1, field: 'contact', redaction: { spans: [] } })).json.code, 'not_found')
  assert.ok(!(await logText(city)).includes('王小明'))
})

const media = (name) => readFileSync(path.join(root, 'tests/fixtures/media', name))
const keyed = (m, more) => ({ 'x-matter-code': m.json.code, 'x-matter-secret': m.json.secret, ...more })

test('files are what their content says; of pictures others see a copy without metadata', async (t) => {
  const city = await started(t)
  const keepers = await custodians(city)
  const filed = await city.post('/api/v1/public/matters', { kind: 'complaint', protect: true, data: { title: '窗口' } })
  const send = (bytes, more) => city.ask('POST', '/api/v1/public/files', { raw: bytes, headers: keyed(filed, more) })
  const picture = media('turned.jpg')
  const sent = await send(picture, { 'content-type': 'text/html', 'x-file-name': encodeURIComponent('欧阳的照片.jpg') })
  assert.equal(sent.status, 201, sent.text)
  assert.deepEqual([sent.json.type, sent.json.clean, sent.json.sealed, sent.json.name], ['image/jpeg', true, true, '欧阳的照片.jpg'])
  const address = `/api/v1/matters/${filed.json.code}/files`
  const copy = await city.get(`${address}/1`)
  assert.equal(copy.headers.get('content-type'), 'image/jpeg')
  assert.equal(copy.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(copy.headers.get('content-disposition'), 'attachment; filename="file-1.jpg"')
  assert.ok(picture.includes('OUYANG CAMERA') && !copy.bytes.includes('OUYANG'))
  // It was held sideways (EXIF 6): 48 by 32 has become 32 by 48.
  const frame = copy.bytes.indexOf(Buffer.from([0xff, 0xc0]))
  assert.deepEqual([copy.bytes.readUInt16BE(frame + 5), copy.bytes.readUInt16BE(frame + 7)], [48, 32])
  assert.equal((await send(media('author.png'))).json.type, 'image/png')
  assert.ok(!(await city.get(`${address}/2`)).bytes.includes('Ouyang'))
  assert.equal((await send(media('small.pdf'))).json.clean, false)
  assert.ok((await city.get(`${address}/3`)).bytes.equals(media('small.pdf')))

  // A name may be the sender's own: of a protected report nobody reads it, in no answer.
  const listed = await city.get(address)
  assert.deepEqual(listed.json.files.map((f) => [f.n, f.name, f.hash?.length, f.sealed]), [[1, undefined, 64, true], [2, undefined, 64, true], [3, undefined, 64, false]])
  assert.ok(!(await city.get(`/api/v1/matters/${filed.json.code}`)).text.includes('欧阳'))
  const plain = await city.post('/api/v1/public/matters', { kind: 'complaint', data: { title: '路灯' } })
  await city.ask('POST', '/api/v1/public/files', { raw: picture, headers: keyed(plain, { 'x-file-name': encodeURIComponent('灯/\n.jpg') }) })
  assert.equal((await city.get(`/api/v1/matters/${plain.json.code}/files`)).json.files[0].name, '灯__.jpg')

  // What is not listed, broken, empty, of a stranger, or too much.
  assert.equal((await send(Buffer.from('#!/bin/sh\necho\n'))).json.code, 'bad_input')
  assert.equal((await send(Buffer.from('<html><script>alert(1)</script></html>'), { 'content-type': 'image/png' })).json.code, 'bad_input')
  assert.equal((await send(picture.subarray(0, 500))).json.code, 'bad_input')
  const stranger = await city.ask('POST', '/api/v1/public/files', { raw: picture, headers: { 'x-matter-code': filed.json.code, 'x-matter-secret': '0'.repeat(16) } })
  assert.equal(stranger.json.code, 'not_found')
  const large = Buffer.concat([media('small.pdf'), Buffer.alloc(21 << 20)])
  assert.equal((await send(large)).json.code, 'too_large')
  const middling = Buffer.concat([media('small.pdf'), Buffer.alloc(3 << 20, 'x')])
  assert.equal((await send(middling)).status, 201)
  assert.ok((await city.get(`${address}/4`)).bytes.equals(middling))
  for (let i = 5; i <= 10; i++) assert.equal((await send(media('small.pdf'))).status, 201)
  assert.equal((await send(media('small.pdf'))).json.code, 'not_now')

  // Nothing of them lies in the folder in plain, nor in the log or the messages.
  if (!city.store.length) for (const word of ['OUYANG CAMERA', '%PDF-1.4']) assert.deepEqual(holds(city, word), [], word)
  const log = await logText(city)
  for (const word of [sent.json.hash, 'image/jpeg', '欧阳']) assert.ok(!log.includes(word) && !city.log.includes(word), word)

  // The original is evidence: opened like an identity, byte for byte what was sent.
  const what = `${sent.json.hash}.1`
  assert.equal((await city.post(`/api/v1/matters/${filed.json.code}/identity`, { purpose: '鉴定照片拍摄时间', what })).status, 201)
  const packet = await city.ask('GET', '/api/v1/identity/requests/1/packet?custodian=2', { token: keepers.token.b })
  await city.ask('POST', '/api/v1/identity/requests/1/consent?custodian=2', { body: { consent: keepers.consent('b', packet.text) }, token: keepers.token.b })
  const opened = await city.ask('POST', '/api/v1/identity/requests/1/open?custodian=1', { token: keepers.token.a })
  const { key } = keepers.open('a', opened.text)
  const sealed = await city.post(`${address}/1/original`)
  assert.ok(!sealed.bytes.includes('OUYANG'))
  const [at, keyAt, out] = ['sealed', 'key', 'original'].map((n) => path.join(city.dir, n))
  writeFileSync(at, sealed.bytes)
  writeFileSync(keyAt, key)
  const unseal = () => execFileSync(huiyin, ['custodian', 'unseal', '--key-file', keyAt, '--out', out, at], { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  assert.equal(unseal(), `sha256 ${sent.json.hash}\n`)
  assert.ok(readFileSync(out).equals(picture))
  const head = sealed.bytes.indexOf(10) + 1
  for (const end of [head, head + 1, head + 3, head + 4, sealed.bytes.length - 1]) {
    writeFileSync(at, sealed.bytes.subarray(0, end))
    assert.throws(unseal, (e) => e.status === 3 && /cut short/.test(e.stderr), `${end} bytes`)
  }

  // One's own data, and its erasure.
  const own = { code: filed.json.code, secret: filed.json.secret }
  const data = await city.post('/api/v1/public/data', own)
  assert.equal(data.json.files.length, 10)
  assert.equal(data.json.sealed, true)
  assert.equal(data.json.events[0].private.title, '窗口')
  assert.equal((await city.post('/api/v1/public/requests', { ...own, ask: 'erase', text: '都删除' })).status, 200)
  await city.halt()
  if (!city.store.length) execFileSync(huiyin, ['fsck', '--quiet', ...city.place], { cwd: root })
  // The same on the command line: seen, taken out, added.
  const command = (...words) => execFileSync(huiyin, ['matter', ...words, ...city.place], { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  const files = (code) => JSON.parse(command('files', code, '--json')).files
  assert.deepEqual(files(own.code).map((f) => f.hash).slice(0, 1), [sent.json.hash])
  assert.match(command('files', own.code), /image\/jpeg +欧阳的照片\.jpg +\(a copy without metadata; the original is sealed\)/)
  command('files', own.code, '--take', '1', '--out', out)
  assert.ok(readFileSync(out).equals(copy.bytes))
  const audit = JSON.parse(execFileSync(huiyin, ['audit', 'list', ...city.place, '--act', 'export', '--json'], { cwd: root, encoding: 'utf8' }))
  assert.equal(audit[0].subject, 'matters/file')
  assert.throws(() => command('files', own.code, '--take', '1'), /--out/)
  assert.throws(() => command('files', own.code, '--take', '11', '--out', out), /no file 11/)
  command('attach', plain.json.code, path.join(root, 'tests/fixtures/media/small.pdf'), '--role', 'desk')
  assert.deepEqual(files(plain.json.code).map((f) => [f.n, f.type, f.name]), [[1, 'image/jpeg', '灯__.jpg'], [2, 'application/pdf', 'small.pdf']])
  assert.throws(() => command('attach', plain.json.code, keyAt), /bad_input|not taken|type/)
  execFileSync(huiyin, ['matter', 'erase', ...city.place, own.code, '--basis', '个人信息保护法第四十七条'], { cwd: root })
  await city.serve()
  assert.deepEqual((await city.get(address)).json.files, [])
  assert.deepEqual((await city.post('/api/v1/public/data', own)).json.files, [])
})

// A real clamd, with a signature of its own: the distributed ones are not needed for the way there.
const clamd = ['/usr/sbin/clamd', '/usr/bin/clamd'].find((p) => existsSync(p))
test('a file that clamd knows is refused, and none is taken while it does not answer', { skip: clamd ? false : 'clamd is not installed' }, async (t) => {
  const city = await started(t)
  const dir = path.join(city.dir, 'clam')
  mkdirSync(dir)
  const mark = 'HUIYIN-TEST-VIRUS-7c1e'
  writeFileSync(path.join(dir, 'own.ndb'), `Huiyin.Test:0:*:${Buffer.from(mark).toString('hex')}\n`)
  const socket = path.join(dir, 's')
  writeFileSync(path.join(dir, 'conf'), `LocalSocket ${socket}\nDatabaseDirectory ${dir}\nForeground true\nLogFile ${dir}/log\nUser ${userInfo().username}\n`)
  const daemon = spawn(clamd, ['-c', path.join(dir, 'conf')], { stdio: 'ignore' })
  const gone = new Promise((done) => daemon.once('exit', done))
  for (let i = 0; i < 600 && !existsSync(socket); i++) await new Promise((done) => setTimeout(done, 100))
  await city.halt()
  execFileSync(huiyin, ['setting', 'set', ...city.place, 'attach.clamd', socket], { cwd: root })
  await city.serve()
  const filed = await city.post('/api/v1/public/matters', { kind: 'complaint', data: { title: '窗口' } })
  const send = (bytes) => city.ask('POST', '/api/v1/public/files', { raw: bytes, headers: keyed(filed) })
  const clean = await send(media('small.pdf'))
  const bad = await send(Buffer.concat([media('small.pdf'), Buffer.from(mark)]))
  daemon.kill()
  await gone
  assert.equal(clean.status, 201, clean.text)
  assert.equal(bad.json.code, 'bad_input', bad.text)
  assert.match(bad.json.detail, /harmful/)
  assert.equal((await send(media('small.pdf'))).json.code, 'store_busy')
})
