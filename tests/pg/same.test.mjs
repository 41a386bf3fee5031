// One scripted city over HTTP on both engines: every answer is the same, byte for byte.  Only what cannot
// be is masked: request ids, citizens' secrets, salted commitments with what is hashed over them, and the
// seconds that have passed since the clock was set.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, database, huiyin, ran, root } from '../crash/site.mjs'
import { bearer, logins } from '../logins.mjs'

const NOW = '2026-06-30T18:00:00+08:00'

class Twin {
  constructor(name, store) {
    this.dir = mkdtempSync(path.join(tmpdir(), `huiyin-same-${name}-`))
    this.place = ['--data', path.join(this.dir, 'data'), ...store]
    ran(['demo', '--quiet', '--matters', '600', '--until', '2026-06-30', ...this.place])
  }

  async start() {
    this.process = spawn(huiyin, ['serve', ...this.place, '--port', '0', '--log', 'warn', '--json', '--clock', NOW],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    this.ended = new Promise((done) => this.process.on('close', (code) => done(code)))
    const lines = readline.createInterface({ input: this.process.stdout })
    this.port = JSON.parse(await new Promise((done) => lines.once('line', done))).port
    this.client = new Client(this)
  }

  // Goes on with accounts that may ask for more than what is public.
  async invite() {
    await this.stop()
    const units = JSON.parse(ran(['unit', 'list', ...this.place, '--json'])).units.map((unit) => unit.code)
    this.tokens = logins(ran, this.place, units.slice(0, 3))
    await this.start()
  }

  // Nothing is left to be raised by itself; gives how long the log is then.
  async calm() {
    for (let last = '', same = 0; ;) {
      const { text } = await this.client.ask('GET', '/log/checkpoint')
      const size = text.split('\n')[1]
      same = size === last ? same + 1 : 0
      if (same === 10) return size
      last = size
      await sleep(200)
    }
  }

  async stop() {
    this.client.close()
    this.process.kill('SIGTERM')
    assert.equal(await this.ended, 0)
  }
}

// The clock goes on while the test runs, on each side by itself.
const passing = (text) => text.replace(/2026-06-30T18:0\d:\d\d(\.\d+)?/g, 'NOW').replace(/"request_id":"[0-9a-f]+"/, '"request_id":"?"')
// The length follows from the body, which is compared.
const headers = ({ date, 'x-request-id': id, 'content-length': length, ...rest }) => JSON.stringify(rest)

test('both engines give the same answers', { timeout: 300000 }, async (t) => {
  assert.ok(database, 'run it as: tests/pg/with-postgres node --test FILE')
  const twins = [new Twin('folder', []), new Twin('server', ['--store', `${database}&options=-csearch_path%3Dsame`])]
  t.after(() => twins.forEach((twin) => {
    if (twin.process?.exitCode === null) twin.process.kill('SIGKILL')
    rmSync(twin.dir, { recursive: true })
  }))
  await Promise.all(twins.map((twin) => twin.start()))
  let compared = 0

  // Asks both; the answer of the first.
  async function both(method, address, body, { mask = passing, send, as = 'officer' } = {}) {
    const answers = []
    for (const twin of twins) answers.push(await twin.client.ask(method, address, { body, headers: { ...bearer(twin.tokens?.[as]), ...send } }))
    const [a, b] = answers.map((x) => [x.status, passing(headers(x.headers)), mask(x.text)])
    const where = `${method} ${address}`
    assert.equal(b[0], a[0], `${where}: ${answers[0].text.slice(0, 300)} | ${answers[1].text.slice(0, 300)}`)
    if (mask === passing) assert.equal(b[1], a[1], `${where}: headers`)
    const at = [...a[2]].findIndex((c, i) => c !== b[2][i])
    assert.ok(a[2] === b[2], `${where}: from character ${at}:\n${a[2].slice(Math.max(0, at - 200), at + 300)}\n${b[2].slice(Math.max(0, at - 200), at + 300)}`)
    compared++
    return { ...answers[0], json: answers[0].text.startsWith('{') ? JSON.parse(answers[0].text) : undefined }
  }
  const get = (address, options) => both('GET', address, undefined, options)

  await t.test('the log as it was made', async () => {
    for (const address of ['/log/checkpoint', '/log/vkey', '/log/tile/0/000.p/1', '/log/tile/0/000', '/log/tile/1/000.p/1',
      '/log/tile/entries/000', '/log/tile/entries/001', '/log/tile/0/999', '/api/v1/log/consistency?old=1',
      '/api/v1/log/consistency?old=1000', '/api/v1/log/consistency?old=0']) await get(address)
  })

  await t.test('what the institution says', async () => {
    for (const address of ['/api/v1/institution', '/api/v1/kinds', '/api/v1/rules', '/api/v1/units', '/api/v1/calendar/2026',
      '/api/v1/calendar/1999', '/api/v1/calendar/due?from=2026-04-29T10:00:00%2B08:00&limit=5wd', '/healthz', '/nowhere',
      '/problems/stale']) await get(address)
  })

  // Cards are raised beside what is asked here; both engines are to raise the same.
  const sizes = () => Promise.all(twins.map((twin) => twin.calm()))
  await t.test('cards of the demo', async () => {
    const [a, b] = await sizes()
    assert.equal(b, a)
  })
  await Promise.all(twins.map((twin) => twin.invite()))

  // The accounts' events have random salts, so what is hashed over them differs, and the times of each side.
  const proof = (text) => passing(text).replace(/[0-9A-Za-z+/=]{40,}/g, 'HASH')

  const codes = []
  await t.test('every list, page by page', async () => {
    const filters = ['', 'open=yes', 'open=no', 'unit=-', 'light=red', 'light=green', 'verdict=late', 'verdict=in_time',
      'kind=complaint', 'words=%E5%99%AA%E9%9F%B3', 'filed_from=2026-05-01&filed_to=2026-05-31']
    for (const order of ['', 'order=due', 'order=filed']) {
      for (const filter of filters) {
        let cursor = ''
        for (let page = 0; page < 12; page++) {
          const query = [filter, order, 'limit=60', cursor && `cursor=${encodeURIComponent(cursor)}`].filter(Boolean).join('&')
          const { json } = await get(`/api/v1/matters?${query}`)
          const items = json?.items ?? json?.matters ?? []
          if (!filter) for (const item of items) if (!codes.includes(item.code)) codes.push(item.code)
          cursor = json?.next
          if (!cursor) break
        }
      }
    }
    await get('/api/v1/matters?limit=0')
    await get('/api/v1/matters?cursor=nonsense')
    assert.ok(codes.length > 300, `${codes.length} matters listed`)
  })

  await t.test('matters one by one', async () => {
    for (const [i, code] of codes.entries()) {
      if (i % 7) continue
      await get(`/api/v1/matters/${code}`)
      await get(`/api/v1/matters/${code}/clock`)
      await get(`/api/v1/matters/${code}/receipt`, { mask: proof })
    }
    await get('/api/v1/matters/TS-2026-999999')
  })

  await t.test('supervision', async () => {
    const { text } = await get('/api/v1/supervision/figures')
    for (const by of ['unit', 'class', 'month', 'kind', 'wrong']) await get(`/api/v1/supervision?by=${by}`)
    await get('/api/v1/supervision?from=2026-01-01&to=2026-03-31')
    const figures = [...text.matchAll(/"id":"([a-z_]+)"/g)].map((m) => m[1])
    assert.ok(figures.length > 20)
    for (const figure of figures) await get(`/api/v1/supervision/figures/${figure}/matters`)
  })

  // What is written now has random salts and secrets, so only its own parts are compared.
  const written = (text) => passing(text).replace(/"secret":"\d+"/g, '"secret":"?"').replace(/[0-9a-f]{64}/g, 'HASH')
  await t.test('what is written, and how it is refused', async () => {
    const mask = written
    const post = (address, body, send) => both('POST', address, body, { mask, send })
    const data = { title: '路灯不亮', body: '三天了', place: '西街1号', channel: 'web', name: '李某', contact: '13800000001' }
    const made = []
    for (let i = 0; i < 20; i++) {
      const filed = await post('/api/v1/matters', { kind: 'complaint', by: { role: 'desk' }, at: `2026-06-30T1${i % 8}:00:00+08:00`,
        data: { ...data, title: `路灯不亮 ${i}` } }, { 'idempotency-key': `same-key-${i}` })
      assert.equal(filed.status, 201, filed.text)
      made.push(filed.json.code)
      const again = await post('/api/v1/matters', { kind: 'complaint', by: { role: 'desk' },
        at: `2026-06-30T1${i % 8}:00:00+08:00`, data: { ...data, title: i % 2 ? `路灯不亮 ${i}` : '另一件' } }, { 'idempotency-key': `same-key-${i}` })
      assert.equal(again.status, i % 2 ? 201 : 422)
    }
    const unit = (code, body) => both('PUT', `/api/v1/units/${code}`, body, { mask, as: 'admin' })
    await unit('same1', { name: '甲局' })
    await unit('same2', { name: '乙局', parent: 'same1' })
    await unit('same2', { name: '丙局', parent: 'none' })
    for (const code of made) {
      const etag = (await get(`/api/v1/matters/${code}`, { mask })).headers.etag
      const move = (name, role, more, match = etag) => post(`/api/v1/matters/${code}/moves`, { move: name, by: { role }, data: more }, { 'if-match': match })
      await move('reply', 'citizen', { text: '不可' })
      await move('dispatch', 'desk', { unit: 'nowhere' })
      assert.equal((await move('dispatch', 'desk', { unit: 'same1' })).status, 200)
      assert.equal((await move('dispatch', 'desk', { unit: 'same2' })).status, 412)
      const now = (await get(`/api/v1/matters/${code}`, { mask })).headers.etag
      await move('hand_off', 'unit_head', { unit: 'same2', ground: 'duty_elsewhere' }, now)
      await get(`/api/v1/matters/${code}`, { mask })
      await get(`/api/v1/matters/${code}/clock`, { mask })
    }
    await post('/api/v1/matters', { kind: 'complaint', by: { role: 'desk' }, data: {} })
    await post('/api/v1/matters', { kind: 'nothing', by: { role: 'desk' }, data })
    await post('/api/v1/lookup', { code: made[0], secret: '0000000000000000' })
    await get('/api/v1/matters?limit=200&order=filed', { mask })
    await get('/api/v1/units', { mask })
    await get('/api/v1/supervision?by=unit', { mask })
  })

  for (const twin of twins) {
    await twin.stop()
    assert.equal(JSON.parse(ran(['fsck', '--quiet', '--json', ...twin.place])).wrong, 0)
    assert.equal(JSON.parse(ran(['verify', '--quiet', '--json', ...twin.place])).verdict, 'untouched')
  }
  t.diagnostic(`${compared} answers compared`)
})
