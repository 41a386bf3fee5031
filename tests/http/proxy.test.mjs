// Filing and following through nginx, with the example that is shipped: what a citizen sends over TLS arrives, as theirs.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import net from 'node:net'
import path from 'node:path'
import test from 'node:test'
import { City } from './city.mjs'
import { root } from './contract.mjs'

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((p) => spawnSync(p, ['-v']).status === 0)
const freePort = () => new Promise((done) => {
  const s = net.createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)) })
})

// The shipped example, with other ports and places; nothing else of it changes.
async function proxied(t, city) {
  const dir = path.join(city.dir, 'nginx')
  mkdirSync(dir)
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=huiyin.example', '-addext',
    'subjectAltName=DNS:huiyin.example', '-days', '2', '-keyout', path.join(dir, 'privkey.pem'), '-out', path.join(dir, 'fullchain.pem')], { stdio: 'ignore' })
  const port = await freePort(), plain = await freePort()
  let conf = readFileSync(path.join(root, 'deploy/nginx/huiyin.conf'), 'utf8')
  for (const [from, to] of [['server 127.0.0.1:8765;', `server ${new URL(city.url).host};`], ['listen 80;', `listen 127.0.0.1:${plain};`], ['listen [::]:80;', ''],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`], ['listen [::]:443 ssl http2;', ''], ['/etc/ssl/huiyin/', `${dir}/`], ['/var/log/nginx/', `${dir}/`]]) {
    assert.ok(conf.includes(from), from)
    conf = conf.replaceAll(from, to)
  }
  const main = path.join(dir, 'nginx.conf')
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${dir}/${n};`).join(' ')
  writeFileSync(main, `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; events {} http { ${places}\n${conf} }\n`)
  const said = spawnSync(nginx, ['-t', '-c', main], { encoding: 'utf8' })
  assert.equal(said.status, 0, said.stderr)
  const server = spawn(nginx, ['-c', main], { stdio: 'ignore' })
  const ended = new Promise((done) => server.once('exit', done))
  t.after(async () => { server.kill('SIGTERM'); await ended })
  const ca = readFileSync(path.join(dir, 'fullchain.pem'))
  const ask = (method, to, { json, raw, headers = {} } = {}) => new Promise((done, fail) => {
    const body = raw ?? (json && JSON.stringify(json))
    const r = https.request({ host: '127.0.0.1', port, ca, servername: 'huiyin.example', method, path: to,
      headers: { host: 'huiyin.example', ...(json && { 'content-type': 'application/json' }), ...(body && { 'content-length': Buffer.byteLength(body) }), ...headers } }, (a) => {
      const parts = []
      a.on('data', (d) => parts.push(d)).on('end', () => {
        const text = Buffer.concat(parts).toString()
        done({ status: a.statusCode, headers: a.headers, text, json: /json/.test(a.headers['content-type'] ?? '') && text ? JSON.parse(text) : undefined })
      })
    })
    r.on('error', fail)
    r.end(body)
  })
  for (;;) {
    try { await ask('GET', '/healthz'); break } catch (e) { if (e.code !== 'ECONNREFUSED') throw e }
    await new Promise((done) => setTimeout(done, 20))
  }
  return { ask, log: () => readFileSync(path.join(dir, 'huiyin.log'), 'utf8') }
}

test('a citizen files, sends a picture, follows and withdraws through nginx', { skip: nginx ? false : 'there is no nginx' }, async (t) => {
  const city = await City.start()
  t.after(() => city.stop())
  await city.halt()
  await city.serve(undefined, '--behind-proxy', '127.0.0.1')
  const { ask, log } = await proxied(t, city)
  const page = { origin: 'https://huiyin.example', 'sec-fetch-site': 'same-origin' } // as the portal's own scripts ask

  const filed = await ask('POST', '/api/v1/public/matters', { json: { kind: 'complaint', data: { title: '路灯不亮', body: '东街三天了' } }, headers: page })
  assert.equal(filed.status, 201, filed.text)
  assert.match(filed.headers['strict-transport-security'], /max-age/, 'it knows that the way was encrypted')
  const { code, secret } = filed.json
  const elsewhere = await ask('POST', '/api/v1/public/matters', { json: { kind: 'complaint', data: { title: '别处' } }, headers: { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' } })
  assert.equal(elsewhere.status, 403, elsewhere.text)

  const picture = readFileSync(path.join(root, 'tests/fixtures/media/turned.jpg'))
  const sent = await ask('POST', '/api/v1/public/files', { raw: picture, headers: { ...page, 'x-matter-code': code, 'x-matter-secret': secret, 'x-file-name': encodeURIComponent('路灯.jpg') } })
  assert.equal(sent.status, 201, sent.text)
  const own = await ask('POST', '/api/v1/lookup', { json: { code, secret }, headers: page })
  assert.deepEqual([own.status, own.json.title], [200, '路灯不亮'])
  assert.equal((await ask('POST', '/api/v1/public/moves', { json: { code, secret, move: 'withdraw', data: { ground: 'withdrawn' } }, headers: page })).status, 200)
  const kept = await city.get(`/api/v1/matters/${code}`)
  assert.deepEqual([kept.json.title, kept.json.open], ['路灯不亮', false])

  // The portal without scripts comes this way too.
  const form = await ask('GET', '/plain/file?lang=zh-CN&kind=complaint')
  assert.equal(form.status, 200, form.text)
  assert.match(form.text, /<form[^>]*method="post"/)

  // Neither log tells of whom or what.
  for (const text of [log(), city.log]) for (const word of ['127.0.0.1', code, secret, '路灯']) assert.ok(!text.includes(word), word)
})
