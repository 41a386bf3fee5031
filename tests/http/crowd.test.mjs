// Many and slow: who says nothing, who drips, who vanishes and who does not read keep nobody out, are
// ended when it was said, with the right answer, and cost a stated amount of memory.
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Disk } from '../crash/disk.mjs'
import { filing, ran, root, Site } from '../crash/site.mjs'
import { bearer } from '../logins.mjs'

// docs/manual/edge.md says so.
const BYTES_EACH = 24 << 10 // of a connection
const BYTES_MORE = 24 << 20 // of what else grows meanwhile
// A sanitizer has memory of its own, and is slow.
const bare = Disk.there ? false : 'the program was built with a sanitizer'
const hold = path.join(path.dirname(fileURLToPath(import.meta.url)), 'hold.mjs')
const health = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'

// Bytes in the server's memory that are not shared with others.
const memory = (site) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${site.process.pid}/smaps_rollup`, 'utf8'))[1]) << 10
const megabytes = (bytes) => `${(bytes / (1 << 20)).toFixed(0)} MB`

async function served(t, more, limits) {
  const site = new Site().found()
  t.after(() => site.remove())
  Object.assign(site, { more, limits })
  await site.start()
  return site
}

// People who file and read until they are told to stop; how long each answer took, in milliseconds.
function people(site, count = 8) {
  const life = { over: false, took: [] }
  const one = async () => {
    const client = site.client()
    for (let i = 0; !life.over; i++) {
      const began = performance.now()
      const filed = await filing(`人群之中 ${i}`).send(client)
      assert.equal(filed.status, 201, filed.text)
      const read = await client.get(`/api/v1/matters/${JSON.parse(filed.text).code}`)
      assert.equal(read.status, 200, read.text)
      life.took.push((performance.now() - began) / 2)
      if (i % 10 === 9) client.close() // the next comes on a new connection
    }
    client.close()
  }
  const all = Promise.all(Array.from({ length: count }, one))
  all.catch(() => {})
  return async () => {
    life.over = true
    await all
    life.took.sort((a, b) => a - b)
    return { answers: life.took.length * 2, slowest: life.took.at(-1), p99: life.took[Math.floor(life.took.length * 0.99)] }
  }
}

// COUNT connections in processes of their own, one for each of TEXTS.
async function crowd(t, site, count, texts) {
  const all = texts.map((text) => fork(hold, [site.port, count / texts.length, text], { stdio: 'inherit' }))
  const heard = async (child) => (await once(child, 'message'))[0].open
  const sum = (list) => list.reduce((a, b) => a + b, 0)
  t.after(() => all.forEach((child) => child.kill('SIGKILL')))
  const stood = sum(await Promise.all(all.map(heard)))
  return {
    stood,
    open: async () => sum(await Promise.all(all.map((child) => { child.send('?'); return heard(child) }))),
    leave: () => Promise.all(all.map((child) => { child.disconnect(); return once(child, 'exit') })),
  }
}

// A connection of which every byte is in the test's hands.
class Line {
  constructor(site, { deaf = false } = {}) {
    this.began = performance.now()
    this.text = ''
    this.socket = net.connect({ host: '127.0.0.1', port: site.port })
    this.socket.on('error', () => {}) // cut off: the text tells what came before
    if (deaf) this.socket.pause()
    else this.socket.on('data', (data) => { this.text += data })
    this.ended = new Promise((done) => this.socket.on('close', () => done((performance.now() - this.began) / 1000)))
  }

  say(text) {
    this.socket.write(text)
    return this
  }

  // Reads what has come now and then, and no more in between.
  sip(ms) {
    this.socket.on('data', () => this.socket.pause())
    const timer = setInterval(() => this.socket.resume(), ms)
    this.socket.on('close', () => clearInterval(timer))
    return this
  }

  drip(text, ms) {
    let i = 0
    const timer = setInterval(() => (this.socket.writable ? this.socket.write(text[i++ % text.length]) : clearInterval(timer)), ms)
    this.socket.on('close', () => clearInterval(timer))
    return this
  }

  get status() { return Number(/^HTTP\/1\.1 (\d+)/.exec(this.text)?.[1] ?? 0) }
}

const post = (site, length) => `POST /api/v1/matters HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
  `Authorization: ${bearer(site.tokens.officer).authorization}\r\nContent-Length: ${length}\r\n\r\n`

// A request for a document of SIZE bytes that belongs to a matter.
async function document(site, size) {
  const client = site.client()
  const matter = JSON.parse((await filing('有附件').send(client)).text)
  client.close()
  const small = readFileSync(path.join(root, 'tests/fixtures/media/small.pdf'))
  const sent = await fetch(`http://127.0.0.1:${site.port}/api/v1/public/files`, { method: 'POST', body: Buffer.concat([small, Buffer.alloc(size - small.length)]),
    headers: { 'x-matter-code': matter.code, 'x-matter-secret': matter.secret, 'x-file-name': 'a.pdf' } })
  assert.equal(sent.status, 201, await sent.text())
  return `GET /api/v1/matters/${matter.code}/files/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
    `Authorization: ${bearer(site.tokens.officer).authorization}\r\n\r\n`
}

async function metric(site, name) {
  const client = site.client()
  const { text } = await client.ask('GET', '/metrics', { headers: bearer(site.tokens.admin) })
  client.close()
  return Number(text.split('\n').find((line) => line.startsWith(`${name} `))?.split(' ')[1])
}

test('ten thousand connections that say nothing or half a head, or stay after an answer', { skip: bare, timeout: 120000 }, async (t) => {
  // The usual soft limit: it is the server's own business to raise it.
  const site = await served(t, ['--patience', '60'], 'ulimit -Sn 1024')
  const warm = people(site)
  await sleep(1500)
  await warm()
  const before = memory(site)
  for (const [what, ...texts] of [['silent or half a head', '', health.slice(0, 30)], ['kept', health, health]]) {
    const many = await crowd(t, site, 10000, texts)
    const stop = people(site)
    await sleep(1500)
    const told = await stop()
    const during = memory(site)
    assert.equal(many.stood, 10000)
    assert.equal(await many.open(), 10000, 'nobody was sent away')
    assert.ok(await metric(site, 'huiyin_http_connections') > 10000)
    assert.ok(told.answers > 50 && told.slowest < 3000, JSON.stringify(told))
    assert.ok(during - before < 10000 * BYTES_EACH + BYTES_MORE, `${what}: ${megabytes(before)}, then ${megabytes(during)}`)
    await many.leave()
    for (let i = 0; i < 100 && (await metric(site, 'huiyin_http_connections')) > 10; i++) await sleep(100)
    await sleep(1000)
    const after = memory(site)
    assert.ok(after - before < BYTES_MORE, `${what}: ${megabytes(before)} before, ${megabytes(after)} after`)
    t.diagnostic(`10,000 ${what}: ${megabytes(before)} before, ${megabytes(during)} with them ` +
      `(${((during - before) / 10000 / 1024).toFixed(1)} KB each), ${megabytes(after)} after; meanwhile ${told.answers} answers, ` +
      `p99 ${told.p99.toFixed(0)} ms, slowest ${told.slowest.toFixed(0)} ms`)
  }
  assert.equal(site.log, '')
  await site.stop()
  ran(['fsck', '--quiet', ...site.at])
})

test('when there is no more room, who has waited longest makes some', { timeout: 60000 }, async (t) => {
  const site = await served(t, ['--connections', '800', '--patience', '60'])
  const first = new Line(site)
  const half = new Line(site).say(health.slice(0, 30))
  await sleep(200)
  const stop = people(site, 4)
  const many = await crowd(t, site, 1500, [''])
  const told = await stop()
  assert.ok(told.slowest < 3000, JSON.stringify(told))
  await first.ended
  assert.equal(first.text, '', 'to nothing there is no answer')
  await half.ended
  assert.equal(half.status, 503)
  assert.match(half.text, /Retry-After: 1\r\n(.*\r\n)+\r\n\{.*"code":"store_busy"/)
  assert.ok(await many.open() <= 800)
  const late = people(site, 4)
  await sleep(500)
  assert.ok((await late()).answers > 4)
  assert.ok(await metric(site, 'huiyin_http_ended_total{why="room"}') >= 700)
  await many.leave()
  await site.stop()
})

test('too few files: it says so plainly, and serves as many as there may be', { timeout: 60000 }, async (t) => {
  const site = await served(t, ['--patience', '60'], 'ulimit -n 400')
  assert.match(site.log, /only 400 files may be open, so there are at most 144 connections at once, not 16384.*LimitNOFILE/)
  const many = await crowd(t, site, 400, [''])
  const stop = people(site, 4)
  await sleep(500)
  assert.ok((await stop()).answers > 4)
  assert.ok(await many.open() <= 144)
  await many.leave()
  await site.stop()
})

test('the slow are told so in time and stop nobody', { timeout: 90000 }, async (t) => {
  const patience = 2
  const site = await served(t, ['--patience', String(patience)])
  const large = await document(site, 18 << 20)
  const size = await site.logSize()
  const body = JSON.stringify({ kind: 'complaint', by: { role: 'desk' }, data: { title: '慢', body: '长'.repeat(4000) } })
  const slow = {
    'a head that drips': new Line(site).drip(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ${'x'.repeat(200)}`, 250),
    'half a head': new Line(site).say('GET /hea'),
    'a body that stops': new Line(site).say(post(site, Buffer.byteLength(body)) + body.slice(0, 60)),
    'a body that never begins': new Line(site).say(post(site, 100)),
    'an upload in pieces that stops': new Line(site).say(post(site, 7).replace(/Content-Length: 7/, 'Transfer-Encoding: chunked') + '5\r\n{"kin\r\n'),
  }
  const dripping = new Line(site).say(post(site, 5000)).drip(body, 250)
  const silent = new Line(site)
  const kept = new Line(site).say(health)
  const vanished = Array.from({ length: 50 }, () => new Line(site).say(post(site, Buffer.byteLength(body)) + body.slice(0, -1)))
  const page = (await site.client().get('/')).bytes.length
  const deaf = new Line(site, { deaf: true }).say('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(Math.ceil((64 << 20) / page)))
  const sipping = new Line(site).say(large).sip(250)
  await sleep(300)
  for (const line of vanished) line.socket.destroy()
  assert.equal(await site.logSize(), size, 'nothing of what was half said')
  const stop = people(site, 4)

  for (const [what, line] of Object.entries(slow)) {
    const took = await line.ended
    assert.equal(line.status, 408, `${what}: ${line.text}`)
    assert.match(line.text, /Connection: close\r\n(.*\r\n)*\r\n\{.*"status":408,"code":"too_slow"\}$/)
    assert.ok(took >= patience - 0.1 && took < patience + 3, `${what}: ${took} s`)
  }
  assert.ok(await silent.ended < patience + 3)
  assert.equal(silent.text, '')
  assert.ok(await kept.ended < patience + 3)
  assert.equal(kept.status, 200)
  assert.equal(kept.text.split('HTTP/1.1 ').length, 2, 'one answer, and then none')
  deaf.socket.resume() // what lies in between; then it is over
  assert.ok(await deaf.ended < patience * 10 + 5)
  const took = await dripping.ended
  assert.equal(dripping.status, 408, dripping.text)
  assert.ok(took > patience * 10 - 1 && took < patience * 10 + 3, `${took} s`)

  const unread = () => metric(site, 'huiyin_http_ended_total{why="unread"}')
  for (let i = 0; i < 60 && await unread() < 1; i++) await sleep(100)
  assert.equal(await unread(), 1)
  assert.equal(sipping.status, 200)
  assert.ok(sipping.text.length < 18 << 20)
  sipping.socket.destroy()

  const told = await stop()
  assert.ok(told.answers > 100 && told.slowest < 2000, JSON.stringify(told))
  assert.ok(await metric(site, 'huiyin_http_ended_total{why="slow"}') >= 6)
  assert.ok(await metric(site, 'huiyin_http_ended_total{why="idle"}') >= 2)
  for (let i = 0; i < 50 && await metric(site, 'huiyin_http_body_bytes{where="memory"}') > 0; i++) await sleep(100)
  assert.equal(await metric(site, 'huiyin_http_body_bytes{where="memory"}'), 0)
  assert.equal(site.log, '')
  await site.stop()
  ran(['fsck', '--quiet', ...site.at])
})

test('bodies that never end are bounded together, and the next is taken', { skip: bare, timeout: 60000 }, async (t) => {
  const site = await served(t, ['--patience', '60'])
  const warm = people(site)
  await sleep(500)
  await warm()
  const before = memory(site)
  const large = 900 << 10
  const head = post(site, large + 10)
  const half = Array.from({ length: 200 }, () => new Line(site).say(head + ' '.repeat(large)))
  for (let i = 0; i < 100 && await metric(site, 'huiyin_http_ended_total{why="room"}') < 100; i++) await sleep(100)
  const held = await metric(site, 'huiyin_http_body_bytes{where="memory"}')
  assert.ok(held > 32 << 20 && held <= 64 << 20, `${held}`)
  const during = memory(site)
  assert.ok(during - before < 256 << 20, `${megabytes(before)}, then ${megabytes(during)}`)
  await half[0].ended
  assert.equal(half[0].status, 503, 'the first made room')
  const stop = people(site, 4)
  await sleep(500)
  assert.ok((await stop()).answers > 10)
  for (const line of half) line.socket.destroy()
  t.diagnostic(`200 bodies of ${megabytes(large)} that never end: ${megabytes(before)} before, ${megabytes(during)} with them`)
  await site.stop()
})

test('uploads that never end take no memory, and leave nothing behind', { skip: bare, timeout: 120000 }, async (t) => {
  const site = await served(t, ['--patience', '60'])
  const client = site.client()
  const matter = JSON.parse((await filing('有附件').send(client)).text)
  client.close()
  const head = (length) => 'POST /api/v1/public/files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\n' +
    `X-Matter-Code: ${matter.code}\r\nX-Matter-Secret: ${matter.secret}\r\nX-File-Name: a.pdf\r\nContent-Length: ${length}\r\n\r\n`
  const warm = people(site)
  await sleep(500)
  await warm()
  const before = memory(site)
  const [size, senders] = [15 << 20, 20]
  const piece = Buffer.alloc(1 << 20, 'x')
  const on = []
  for (let i = 0; i < senders; i++) {
    const line = new Line(site).say(head(size + 10))
    for (let sent = 0; sent < size; sent += piece.length) line.say(piece)
    on.push(line)
  }
  const disk = () => metric(site, 'huiyin_http_body_bytes{where="disk"}')
  for (let i = 0; i < 200 && await disk() < size * senders; i++) await sleep(100)
  const held = await disk()
  assert.equal(held, size * senders)
  const during = memory(site)
  assert.ok(during - before < 64 << 20, `${megabytes(before)}, then ${megabytes(during)}`)
  const stop = people(site, 4)
  await sleep(500)
  assert.ok((await stop()).answers > 10)
  for (const line of on) line.socket.destroy()
  for (let i = 0; i < 100 && await disk() > 0; i++) await sleep(100)
  assert.equal(await disk(), 0)
  t.diagnostic(`${senders} uploads of ${megabytes(size)} that never end: ${megabytes(before)} before, ${megabytes(during)} with them`)
  await site.stop()
})

test('answers that nobody reads are bounded together, and whoever reads gets all', { skip: bare, timeout: 60000 }, async (t) => {
  const site = await served(t, ['--patience', '60'])
  const [size, readers] = [16 << 20, 40]
  const large = await document(site, size)
  const before = memory(site)
  const deaf = Array.from({ length: readers }, () => new Line(site, { deaf: true }).say(large))
  for (let i = 0; i < 200 && await metric(site, 'huiyin_http_ended_total{why="room"}') < 20; i++) await sleep(100)
  const held = await metric(site, 'huiyin_http_answer_bytes')
  assert.ok(held > 64 << 20 && held <= 129 << 20, `${held}`)
  const during = memory(site)
  assert.ok(during - before < 320 << 20, `${megabytes(before)}, then ${megabytes(during)}`)
  const stop = people(site, 4)
  const reading = new Line(site).say(large)
  for (let i = 0; i < 200 && reading.text.length < size; i++) await sleep(50)
  assert.equal(reading.status, 200)
  assert.ok(reading.text.length >= size, `${reading.text.length}`)
  assert.ok((await stop()).answers > 4)
  for (const line of [reading, ...deaf]) line.socket.destroy()
  t.diagnostic(`${readers} answers of ${megabytes(size)} that nobody reads: ${megabytes(before)} before, ${megabytes(during)} with them`)
  await site.stop()
})
