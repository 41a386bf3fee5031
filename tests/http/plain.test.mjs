// The portal without scripts, as a browser sends its forms and as a stranger does.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import test, { after, before } from 'node:test'
import { City, run } from './city.mjs'
import { huiyin, root } from './contract.mjs'
import { Served } from './served.mjs'

const PHOTO = readFileSync(path.join(root, 'tests/fixtures/media/turned.jpg'))
const key = () => randomBytes(16).toString('hex')
let city

before(async () => {
  assert.ok(huiyin)
  city = await City.start()
})
after(() => city?.stop())

async function ask(method, address, { form, raw, headers = {} } = {}) {
  const answer = await fetch(city.url + address, {
    method, redirect: 'manual',
    headers: form ? { 'content-type': 'application/x-www-form-urlencoded', ...headers } : headers,
    body: raw ?? (form && new URLSearchParams(form).toString()),
  })
  const text = await answer.text()
  if (/html/.test(answer.headers.get('content-type'))) {
    assert.match(answer.headers.get('content-security-policy'), /^default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/)
    assert.equal(answer.headers.get('referrer-policy'), 'same-origin')
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.doesNotMatch(text.replace(/="[^"]*"/g, '=""'), /<script|<[^>]*\s(style|on[a-z]+)=/i)
    // Words that are missing would leave nothing between the tags.
    assert.doesNotMatch(text, /<(h1|h2|h3|label|legend|dt|button|summary)[^>]*><\/\1>/)
  }
  assert.equal(answer.headers.get('set-cookie'), null)
  return { status: answer.status, headers: answer.headers, text }
}
const get = (address, headers) => ask('GET', address, { headers })
const post = (address, form, headers) => ask('POST', address, { form, headers })
const filing = (more = {}) => ({ key: key(), kind: 'complaint', body: '窗口的人态度很差，等了两个小时。', who: 'anonymous', ...more })
const keysOf = ({ status, text }) => {
  assert.equal(status, 201, text.match(/role="alert">.{0,200}/)?.[0])
  const [code, secret] = [...text.matchAll(/class="key">([^<]+)/g)].map((m) => m[1])
  return { code, secret: secret.replaceAll(' ', '') }
}
const own = async (k) => (await city.post('/api/v1/lookup', k)).json
const count = async () => (await city.get('/api/v1/institution')).json.log.size

test('each page in three languages and two sizes', async () => {
  const title = { 'zh-CN': '我要反映', 'zh-Hant': '我要反映', en: 'Report' }
  for (const lang of ['zh-CN', 'zh-Hant', 'en']) {
    for (const page of ['/plain', '/plain/file', '/plain/follow', '/plain/move', '/plain/filed', '/plain/attach']) {
      const { status, text } = await get(`${page}?lang=${lang}&size=big`)
      assert.equal(status, 200, page)
      assert.match(text, new RegExp(`^<!doctype html>\n<html lang="${lang}" data-big>`))
      assert.ok(text.includes(`href="/plain/file?lang=${lang}&amp;size=big"`), 'language and size go along')
    }
    assert.ok((await get(`/plain/file?lang=${lang}&kind=complaint`)).text.includes(title[lang]))
  }
  assert.match((await get('/plain', { 'accept-language': 'zh-TW,en;q=0.5' })).text, /<html lang="zh-Hant">/)
  for (const bad of ['/plain?size=huge', '/plain?lang=xx', '/plain?nonsense=1']) assert.match((await get(bad)).text, /<h1>没有办成/)
  assert.equal((await get('/plain?size=huge')).status, 400)
  for (const style of ['/plain/portal.css', '/plain/plain.css']) assert.match((await get(style)).headers.get('content-type'), /^text\/css/)
})

test('filing: code, secret and date; the same form twice is one matter', async () => {
  const form = filing({ place: '政务大厅三号窗口', class: 'conduct', about_unit: 'zhujian' })
  const [first, second] = await Promise.all([post('/plain/file', form), post('/plain/file', form)])
  const k = keysOf(first)
  assert.deepEqual(keysOf(second), k)
  assert.equal((await post('/plain/file?lang=en', form)).headers.get('idempotent-replayed'), 'true')
  const m = await own(k)
  assert.equal(m.title, '窗口的人态度很差，等了两个小时')
  assert.equal(m.place, form.place)
  const due = m.clocks.find((c) => c.main).due_at
  assert.ok(first.text.includes(`<time datetime="${due}">`), 'the date of the answer')
  assert.match(first.text, /为什么是这一天/)
  assert.match(first.text, /<svg /)

  // Changed and sent again under the same key it is a question, not a second matter.
  const events = await count()
  const again = await post('/plain/file', { ...form, body: '窗口的人态度好多了，谢谢。' })
  assert.equal(again.status, 422)
  assert.match(again.text, /已经提交过一次/)
  assert.match(again.text, /态度好多了/)
  const fresh = again.text.match(/name="key" value="([0-9a-f]{32})"/)[1]
  assert.notEqual(fresh, form.key)
  assert.equal(await count(), events)
  assert.notEqual(keysOf(await post('/plain/file', { ...form, body: '窗口的人态度好多了，谢谢。', key: fresh })).code, k.code)
})

test('anonymous is anonymous, named is named, sealed needs custodians', async () => {
  const secret = '张三丰三号'
  const nameless = keysOf(await post('/plain/file', filing({ who: 'anonymous', name: secret, contact: secret })))
  const named = keysOf(await post('/plain/file', filing({ who: 'named', name: secret })))
  const data = async (k) => (await post('/plain/data', k)).text
  assert.ok(!(await data(nameless)).includes(secret))
  assert.ok((await data(named)).includes(secret))
  const sealed = await post('/plain/file', filing({ who: 'sealed', name: secret }))
  assert.equal(sealed.status, 409)
  assert.match(sealed.text, /id="w-who"[^>]*>本市还没有设保管人/)
  assert.match(sealed.text, /value="sealed" checked/)
  const empty = await post('/plain/file', filing({ who: 'named' }))
  assert.equal(empty.status, 400)
  assert.match(empty.text, /id="w-name"[^>]*>姓名或联系方式至少填一个/)
})

test('what is wrong is said beside the field, and what was typed stays', async () => {
  const wrong = async (more, field, status = 400) => {
    const form = filing({ place: '“人民路” <12> 号', ...more })
    const { status: got, text } = await post('/plain/file', form)
    assert.equal(got, status, field)
    assert.match(text, new RegExp(`id="w-${field}" role="alert">[^<]+`), field)
    assert.match(text, new RegExp(`aria-describedby="w-${field}`), field)
    assert.ok(text.includes('value="“人民路” &lt;12&gt; 号"'))
    assert.ok(text.includes(`name="key" value="${form.key}"`), 'the key stays')
    return text
  }
  const events = await count()
  await wrong({ body: '哦' }, 'body')
  await wrong({ body: '长'.repeat(8001) }, 'body')
  await wrong({ title: '长'.repeat(101) }, 'title')
  await wrong({ class: 'no_such_class' }, 'class')
  await wrong({ about_unit: 'no_such_unit' }, 'about_unit')
  assert.match((await wrong({ body: '长'.repeat(8001) }, 'body')).match(/id="w-body"[^<]*/)[0], /最多 8000 个字，现在有 8001 个/)
  assert.equal(await count(), events, 'nothing was filed')
  // A change of language or size brings along what was typed, and files nothing.
  const looked = await post('/plain/file?lang=en&size=big', { ...filing({ title: '还没写完' }), look: '1' })
  assert.equal(looked.status, 200)
  assert.match(looked.text, /<html lang="en" data-big>/)
  assert.match(looked.text, /value="还没写完"/)
  assert.equal(await count(), events)
})

const SPELL = `"><script>alert('x')</script><img src=x onerror=alert(1)>{}{0}&amp;</textarea></title>`
test('nothing that is typed becomes part of the page', async () => {
  const k = keysOf(await post('/plain/file', filing({ body: SPELL + SPELL, title: SPELL.slice(0, 90), place: SPELL, who: 'named', name: SPELL, contact: SPELL })))
  const page = await post('/plain/follow', k)
  assert.equal(page.status, 200)
  assert.ok(page.text.includes('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;'))
  const added = await post('/plain/move', { ...k, key: key(), move: 'add', text: SPELL })
  assert.equal(added.status, 200)
  for (const field of ['body', 'title', 'place', 'name', 'contact', 'class', 'about_unit', 'who', 'key']) {
    const { text } = await post('/plain/file', filing({ body: '哦', [field]: SPELL }))
    assert.doesNotMatch(text, /alert\('|<img src=x/, field)
  }
  for (const form of [{ code: SPELL, secret: SPELL }, { ...k, move: SPELL, key: key() }, { ...k, move: 'add', key: SPELL, text: '' }]) {
    assert.doesNotMatch((await post('/plain/move', form)).text, /alert\('|<img src=x/)
    assert.doesNotMatch((await post('/plain/follow', form)).text, /alert\('|<img src=x/)
  }
  assert.doesNotMatch((await get(`/plain/file?kind=${encodeURIComponent(SPELL.slice(0, 60))}`)).text, /alert\('|<img src=x/)
  const { text } = await ask('POST', '/plain/follow', { form: { ...k }, headers: { host: new URL(city.url).host } })
  assert.match(text, /<h1>/)
})

test('what no browser sends is refused with a page', async () => {
  const type = 'application/x-www-form-urlencoded'
  const send = (raw, contentType = type, address = '/plain/file', headers = {}) => ask('POST', address, { raw, headers: { 'content-type': contentType, ...headers } })
  const events = await count()
  for (const raw of ['body=%', 'body=%zz', 'body=%00', 'body=%ff', 'body=%1b%5b', '&'.repeat(200), '=&=', 'kind=complaint', 'key=x&kind=complaint&body=12345678', `key=${key()}`, `key=${key()}&kind=licence&title=x`, `key=${key()}&kind=no_such`]) {
    const { status, text } = await send(raw)
    assert.equal(status, 400, raw)
    assert.match(text, /^<!doctype html>/, raw)
  }
  for (const other of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', '']) assert.equal((await send('key=1', other)).status, 415, other)
  assert.equal((await send(`body=${'a'.repeat(2 << 20)}`)).status, 413)
  for (const broken of ['', '--x', '--x\r\n\r\n', '--x\r\nContent-Disposition: form-data; name="code"\r\n\r\nx']) {
    const { status, text } = await send(broken, 'multipart/form-data; boundary=x', '/plain/attach')
    assert.equal(status, 400, broken)
    assert.match(text, /^<!doctype html>/)
  }
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
    assert.equal((await post('/plain/file', filing(), headers)).status, 403)
  }
  assert.equal(await count(), events, 'nothing came of any of it')
})

test('following: code and secret, in the body alone; a wrong one shows nothing', async () => {
  const k = keysOf(await post('/plain/file', filing({ title: '只有我知道的标题' })))
  const grouped = await post('/plain/follow', { code: ` ${k.code.toLowerCase()} `, secret: k.secret.replace(/(.{4})/g, '$1 ') })
  assert.equal(grouped.status, 200)
  assert.match(grouped.text, /<h1>只有我知道的标题<\/h1>/)
  assert.doesNotMatch(grouped.text, new RegExp(`(href|action)="[^"]*${k.secret}`), 'no address holds the secret')
  for (const address of ['/plain/follow', '/plain/filed', '/plain/card', '/plain/receipt', '/plain/data']) {
    const { status, text } = await post(address, { code: k.code, secret: '0000000000000000' })
    assert.equal(status, 404, address)
    assert.match(text, /编号和查询码对不上/)
    assert.doesNotMatch(text, /只有我知道/)
  }
  assert.equal((await post('/plain/move', { ...k, secret: '1', move: 'add', text: 'x', key: key() })).status, 404)
  assert.equal((await post('/plain/follow', { code: k.code, secret: '' })).status, 400)
  assert.equal((await get(`/plain/follow?code=${k.code}&secret=${k.secret}`)).status, 400, 'not in the address')
  const proof = await post('/plain/receipt', k)
  assert.match(proof.text, /^c2sp.org\/tlog-proof@v1/)
  assert.equal(proof.headers.get('content-disposition'), `attachment; filename="${k.code}.tlog-proof"`)
  const card = await post('/plain/card', { ...k, secret: k.secret })
  assert.equal(card.headers.get('content-disposition'), `attachment; filename="${k.code}.txt"`)
  assert.ok(card.text.includes(k.code) && card.text.includes(k.secret.replace(/(.{4})(?=.)/g, '$1 ')))
  assert.match((await post('/plain/data', k)).headers.get('content-type'), /json/)
})

test('moves: those that are open, each once for a key, the others refused', async () => {
  const k = keysOf(await post('/plain/file', filing()))
  const page = await post('/plain/follow', k)
  const offered = [...page.text.matchAll(/name="move" value="(\w+)"/g)].map((m) => m[1])
  assert.deepEqual(offered.sort(), (await own(k)).moves.map((m) => m.move).sort())
  assert.ok(!offered.includes('reopen'))

  const add = { ...k, key: key(), move: 'add', text: '今天又去了一次，还是这样。' }
  assert.match((await post('/plain/move', add)).text, /role="status">补充好了/)
  assert.equal((await post('/plain/move', add)).headers.get('idempotent-replayed'), 'true')
  assert.equal((await own(k)).timeline.filter((e) => e.move === 'add').length, 1)
  const empty = await post('/plain/move', { ...add, key: key(), text: ' ' })
  assert.equal(empty.status, 400)
  assert.match(empty.text, /<details class="deed" open><summary><b>补充情况/)
  assert.match(empty.text, /id="w-text" role="alert">这一项要填/)

  // Each matter may be tried twenty times a minute.
  const other = keysOf(await post('/plain/file', filing()))
  for (const move of ['reopen', 'rate']) {
    const early = await post('/plain/move', { ...other, key: key(), move, level: '5', ground: 'not_solved' })
    assert.equal(early.status, 409, move)
  }
  for (const move of ['reply', 'accept', 'dispatch', 'close', 'annul', 'nonsense', '']) {
    const { status } = await post('/plain/move', { ...other, key: key(), move, text: '我自己答复', ground: 'solved', unit: 'zhujian', reason: 'x' })
    assert.ok([400, 403, 409].includes(status), `${move}: ${status}`)
  }
  await city.made(k.code, 'accept', 'desk', {})
  await city.made(k.code, 'dispatch', 'desk', { unit: 'chengguan' })
  await city.made(k.code, 'reply', 'handler', { text: '已批评教育，<向您致歉>。' }, { unit: 'chengguan' })
  const answered = await post('/plain/follow', k)
  assert.match(answered.text, /已批评教育，&lt;向您致歉&gt;/)
  assert.match(answered.text, /最迟到 <time/)

  for (const level of ['0', 'x']) assert.equal((await post('/plain/move', { ...k, key: key(), move: 'rate', level })).status, 400, level)
  assert.equal((await post('/plain/move', { ...k, key: key(), move: 'rate', level: '2', reasons: 'no_such_reason' })).status, 400)
  const rated = await ask('POST', '/plain/move', { raw: new URLSearchParams([...Object.entries({ ...k, key: key(), move: 'rate', level: '2' }), ['reasons', 'shirk'], ['reasons', 'bad_attitude']]).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  assert.match(rated.text, /谢谢您的评价/)
  assert.equal((await own(k)).rating, 2)
  const reopened = await post('/plain/move', { ...k, key: key(), move: 'reopen', ground: 'not_solved', reason: '态度还是差' })
  assert.match(reopened.text, /已经转去重办/)
  assert.equal((await post('/plain/move', { ...k, key: key(), move: 'reopen', ground: 'not_solved' })).status, 409)
})

function parts(fields, files, boundary = key()) {
  const all = Object.entries(fields).map(([name, value]) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`))
  for (const [name, bytes] of files) all.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: image/jpeg\r\n\r\n`), bytes, Buffer.from('\r\n'))
  return { raw: Buffer.concat([...all, Buffer.from(`--${boundary}--\r\n`)]), headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } }
}

test('files: by their content, with no trust in their names', async () => {
  const k = keysOf(await post('/plain/file', filing()))
  const sent = await ask('POST', '/plain/attach', parts({ ...k, back: 'own' }, [['灯.jpg', PHOTO]]))
  assert.equal(sent.status, 200)
  assert.match(sent.text, /role="status">收到了 1 个文件/)
  const mixed = await ask('POST', '/plain/attach', parts({ ...k, back: 'filed' }, [['../../etc/<b>.jpg', Buffer.from('#!/bin/sh\nrm -rf /\n')], ['good.jpg', Buffer.concat([PHOTO])]]))
  assert.match(mixed.text, /没有收下：&lt;b&gt;.jpg/)
  assert.match(mixed.text, /class="key">/, 'back on the receipt')
  assert.match((await ask('POST', '/plain/attach', parts({ ...k, back: 'own' }, [['', Buffer.alloc(0)]]))).text, /请先选文件/)
  assert.equal((await ask('POST', '/plain/attach', parts({ ...k, secret: '0' }, [['x.jpg', PHOTO]]))).status, 404)
  const { files } = (await city.get(`/api/v1/matters/${k.code}/files`)).json
  assert.deepEqual(files.map((f) => f.name), ['灯.jpg', 'good.jpg'])
})

test('beyond the limit: when to try again, without a proof of work', async (t) => {
  const served = new Served()
  t.after(() => served.stop())
  for (const [name, value] of [['limit.filing_per_minute', '3'], ['limit.lookup_per_minute', '3']]) assert.equal(run(['setting', 'set', name, value, '--data', served.data]).status, 0)
  await served.serve('--behind-proxy', '127.0.0.1')
  const knock = (address, form) => new Promise((done, fail) => {
    const body = new URLSearchParams(form).toString()
    const request = http.request({ host: '127.0.0.1', port: served.port, method: 'POST', path: address, headers: { host: 'city.example', origin: 'https://city.example', 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https', 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) } }, (answer) => {
      let text = ''
      answer.on('data', (part) => (text += part))
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }))
    })
    request.on('error', fail)
    request.end(body)
  })
  const filed = await knock('/plain/file', filing())
  assert.equal(filed.status, 201)
  for (const [address, form] of [['/plain/file', filing()], ['/plain/follow', { code: 'TS-2026-000009', secret: '1' }]]) {
    let answer = await knock(address, form)
    for (let i = 0; i < 4 && answer.status !== 429; i++) answer = await knock(address, form)
    assert.equal(answer.status, 429)
    assert.ok(Number(answer.headers['retry-after']) >= 1)
    assert.match(answer.text, /来得太多了，请 \d+ 秒以后再试/)
    assert.doesNotMatch(answer.text, /challenge|proof/i)
  }
})
