// A city that may be ended at any moment, and plain clients for it.
//
// HY_TEST_STORE: a PostgreSQL address (tests/pg/with-postgres sets it): each city is then in a
// schema of its own there, not in its folder.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bearer, logins } from '../logins.mjs'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
export const huiyin = process.env.HUIYIN ?? path.join(root, 'build/huiyin')

// An address, or nothing when cities are in their folders.
export const database = process.env.HY_TEST_STORE || undefined

export const run = (args, options = {}) =>
  spawnSync(huiyin, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20, ...options })

// The same, expected to succeed; what it printed.
export function ran(args, options) {
  const done = run(args, options)
  assert.equal(done.status, 0, `huiyin ${args.join(' ')}: ${done.stderr}`)
  return done.stdout
}

export class Site {
  // FOLDER: where the data is to be (default: a folder of its own, removed at the end).
  // ENV: further environment for the program.
  constructor({ folder, env = {} } = {}) {
    this.dir = mkdtempSync(path.join(tmpdir(), 'huiyin-crash-'))
    this.data = folder ?? path.join(this.dir, 'data')
    this.env = { ...process.env, ...env }
    this.log = ''
    this.more = [] // further options of serve
    this.limits = '' // what a shell is told before it, as "ulimit -n 400"
    this.store = []
    if (database) {
      const schema = path.basename(this.dir).toLowerCase().replace(/[^a-z0-9]/g, '')
      this.store = ['--store', `${database}${database.includes('?') ? '&' : '?'}options=-csearch_path%3D${schema}`]
    }
  }

  // What each command must be told to find this city.
  get at() { return ['--data', this.data, ...this.store] }

  found() {
    execFileSync(huiyin, ['init', ...this.at, '--name', '试验市'], { cwd: root })
    return this.invite()
  }

  // Makes the accounts that its clients are; the city must not be served.
  invite() {
    this.tokens = logins(ran, this.at)
    quick(this.at)
    return this
  }

  spawn() {
    this.log = ''
    const args = ['serve', ...this.at, '--port', '0', '--log', 'warn', '--json', ...this.more]
    const command = this.limits ? ['sh', ['-c', `${this.limits}; exec "$0" "$@"`, huiyin, ...args]] : [huiyin, args]
    this.process = spawn(...command, { cwd: root, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.process.stderr.on('data', (text) => { this.log += text })
    this.ended = new Promise((done) => this.process.on('close', (code, signal) => done({ code, signal })))
  }

  // Starts it; resolves when it has said its address, with the milliseconds that took.
  async start() {
    const began = performance.now()
    this.spawn()
    let said = ''
    await Promise.race([
      new Promise((done) => this.process.stdout.on('data', (text) => {
        said += text
        if (said.includes('\n')) done()
      })),
      this.ended.then((end) => { throw new Error(`huiyin serve ended: ${JSON.stringify(end)} ${this.log}`) }),
    ])
    this.port = JSON.parse(said).port
    return performance.now() - began
  }

  // Expected not to start: what it said.
  async refusesToStart() {
    this.spawn()
    const late = setTimeout(() => this.process.kill('SIGKILL'), 20000)
    const end = await this.ended
    clearTimeout(late)
    assert.ok(end.code > 0, `it should have refused to start: ${JSON.stringify(end)} ${this.log}`)
    return this.log
  }

  async kill(signal = 'SIGKILL') {
    this.process.kill(signal)
    return this.ended
  }

  async stop() {
    assert.deepEqual(await this.kill('SIGTERM'), { code: 0, signal: null }, this.log)
  }

  // Also after a failure.
  async remove() {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) await this.kill()
    rmSync(this.dir, { recursive: true, force: true })
  }

  client() { return new Client(this) }

  // How long the log is. On a new connection: one that was silent for too long is closed.
  async logSize() {
    const client = this.client()
    const { text } = await client.get('/log/checkpoint')
    client.close()
    return Number(text.split('\n')[1])
  }
}

// Citizens rate as fast as they can, all from one address.
export const quick = (at) => ran(['setting', 'set', ...at, 'limit.lookup_per_minute', '10000'])

// One connection that is kept. An answer is complete or an error is thrown.
export class Client {
  constructor(site) {
    this.site = site
    // Given up before the server would: what is sent into its closing is lost.
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1, timeout: 20000 })
  }

  ask(method, address, { body, headers = {} } = {}) {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const all = { ...bearer(this.site.tokens?.officer), ...headers }
    if (bytes) Object.assign(all, { 'content-type': 'application/json', 'content-length': bytes.length })
    return new Promise((done, failed) => {
      const request = http.request(
        { host: '127.0.0.1', port: this.site.port, method, path: address, headers: all, agent: this.agent },
        (response) => {
          const parts = []
          response.on('data', (part) => parts.push(part))
          response.on('error', failed)
          response.on('close', () => {
            if (!response.complete) return failed(new Error('the answer was cut off'))
            const raw = Buffer.concat(parts)
            done({ status: response.statusCode, headers: response.headers, bytes: raw, text: raw.toString('utf8') })
          })
        })
      request.on('error', failed)
      request.end(bytes)
    })
  }
  get(address) { return this.ask('GET', address) }

  close() { this.agent.destroy() }
}

// A change asked for: what is sent stays the same however often it is sent.
let changes = 0
export class Change {
  constructor(address, body, headers = {}) {
    Object.assign(this, { address, body, headers, key: `crash-${process.pid}-${++changes}` })
  }
  send(client) {
    return client.ask('POST', this.address,
      { body: this.body, headers: { ...this.headers, 'idempotency-key': this.key } })
  }
}

export const filing = (title) =>
  new Change('/api/v1/matters', { kind: 'complaint', by: { role: 'desk' }, data: { title, body: '夜里施工，请处理。' } })
export const move = (code, etag, name, role, data) =>
  new Change(`/api/v1/matters/${code}/moves`, { move: name, by: { role }, data }, { 'if-match': etag })

// What comes after FILE in the life of a matter here.
export const next = {
  file: (code, etag) => move(code, etag, 'reply', 'desk', { text: '已处理。' }),
  reply: (code, etag, secret) => new Change('/api/v1/public/moves', { code, secret, move: 'rate', data: { level: 5 } }),
}
