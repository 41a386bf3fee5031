// A city of its own for a test: founded in a temporary folder, served by the real program on a free port.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { copyOf } from '../copies.mjs'
import { bearer, logins, ownerOf } from '../logins.mjs'
import { storeOf } from '../store.mjs'
import { checkAnswer, huiyin, operationOf, root } from './contract.mjs'

const json = 'application/json'
const UNITS = [['gongan', '公安局'], ['chengguan', '城管局'], ['zhujian', '住建局']]

export class City {
  // OPTIONS: clock, the time the city's clock starts at; packs, instead of packs/base alone; logins, false: no accounts yet; homes: the units the officer
  // belongs to, all without it.
  static async start(options = {}) {
    const city = new City()
    city.dir = mkdtempSync(path.join(tmpdir(), 'huiyin-http-'))
    city.data = path.join(city.dir, 'data')
    city.store = storeOf(city.dir)
    const { packs = [], logins: accounts = true, homes = UNITS.map(([code]) => code) } = options
    Object.assign(city, copyOf(['http', packs, accounts, homes], city.dir, huiyin, (dir) => {
      const place = ['--data', path.join(dir, 'data'), ...city.store]
      const run = (args) => execFileSync(huiyin, args, { cwd: root, encoding: 'utf8' })
      const founded = run(['init', ...place, '--name', '试验市', ...packs.flatMap((p) => ['--pack', p])])
      const links = Object.fromEntries([...founded.matchAll(/(\w+admin) +\/welcome#([0-9a-f]{64})/g)].map(([, role, link]) => [role, link]))
      for (const unit of UNITS) run(['unit', 'make', ...place, ...unit])
      return { links, tokens: accounts ? logins(run, place, homes) : {} }
    }))
    await city.serve(options.clock)
    return city
  }

  // What each command must be told to find this city.
  get place() { return ['--data', this.data, ...this.store] }

  // MORE: further options of serve.
  async serve(clock, ...more) {
    const args = ['serve', ...this.place, '--port', '0', '--log', process.env.HY_TEST_LOG ?? 'warn', '--json', ...more]
    if (clock) args.push('--clock', clock)
    this.process = spawn(huiyin, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    this.log = ''
    this.process.stderr.on('data', (text) => { this.log += text })
    this.ended = new Promise((done) => this.process.on('exit', (code, signal) => done({ code, signal })))
    const lines = readline.createInterface({ input: this.process.stdout })
    const first = await Promise.race([
      new Promise((done) => lines.once('line', done)),
      this.ended.then((end) => { throw new Error(`huiyin serve ended: ${JSON.stringify(end)} ${this.log}`) }),
    ])
    this.url = JSON.parse(first).url.replace(/\/$/, '')
  }

  // Ends the program as an operator does.
  async halt(signal = 'SIGTERM') {
    this.process.kill(signal)
    const end = await this.ended
    assert.deepEqual(end, { code: 0, signal: null }, this.log)
  }

  // The same city, at another time.
  async at(clock) {
    await this.halt()
    await this.serve(clock)
  }

  async stop() {
    await this.halt()
    const fsck = spawnSync(huiyin, ['fsck', '--quiet', ...this.place], { cwd: root, encoding: 'utf8' })
    assert.equal(fsck.status, 0, fsck.stderr)
    const verify = spawnSync(huiyin, ['verify', '--quiet', ...this.place], { cwd: root, encoding: 'utf8' })
    assert.equal(verify.status, 0, verify.stderr)
    rmSync(this.dir, { recursive: true })
  }

  // Who asks when nobody is named: somebody who may.
  asker(method, address) {
    const custodian = this.tokens[`custodian${/[?&]custodian=(\d+)/.exec(address)?.[1]}`]
    if (custodian) return custodian
    return this.tokens[ownerOf(operationOf(method, new URL(address, this.url).pathname)?.op['x-permission'])]
  }

  // Every answer is held against the contract. TOKEN: who asks; null: nobody.
  async ask(method, address, { body, headers = {}, raw, token = this.asker(method, address) } = {}) {
    const type = body === undefined ? {} : { 'content-type': json }
    const response = await fetch(this.url + address, {
      method,
      headers: { ...type, ...bearer(token), ...headers },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    const answer = { status: response.status, headers: response.headers, bytes, text: bytes.toString('utf8') }
    answer.etag = response.headers.get('etag')
    if (/json$/.test((response.headers.get('content-type') ?? '').split(';')[0]) && bytes.length) {
      answer.json = JSON.parse(answer.text)
    }
    checkAnswer(method, new URL(address, this.url).pathname, answer)
    return answer
  }
  get(address, headers) { return this.ask('GET', address, { headers }) }
  post(address, body, headers) { return this.ask('POST', address, { body, headers }) }
  put(address, body, headers) { return this.ask('PUT', address, { body, headers }) }

  file(kind, data, more = {}) {
    const { headers, role = 'desk', ...rest } = more
    return this.post('/api/v1/matters', { kind, by: { role }, data, ...rest }, headers)
  }

  // Makes a move with the ETag as it is now; the answer, whatever it is.
  async move(code, move, role, data, more = {}) {
    const { unit, name, at, headers } = more
    const etag = (await this.get(`/api/v1/matters/${code}`)).etag
    return this.post(`/api/v1/matters/${code}/moves`, { move, at, by: { role, unit, name }, data },
      { 'if-match': etag, ...headers })
  }

  // The same, expected to be made; the matter afterwards.
  async made(code, move, role, data, more) {
    const answer = await this.move(code, move, role, data, more)
    assert.equal(answer.status, 200, `${move}: ${answer.text.slice(0, 400)}`)
    return answer.json
  }

  // The same, expected to be refused under a stable key.
  async refused(code, key, field, ...rest) {
    const answer = await this.move(code, ...rest)
    assert.equal(answer.json.code, key, answer.text.slice(0, 400))
    if (field) assert.equal(answer.json.field, field, answer.text)
    return answer.json
  }
}

// The public log as text: entry after entry.
export async function logText(city) {
  const size = Number((await city.get('/log/checkpoint')).text.split('\n')[1])
  let all = ''
  for (let n = 0; n * 256 < size; n++) {
    const width = Math.min(256, size - n * 256)
    all += (await city.get(`/log/tile/entries/${String(n).padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`)).text
  }
  return all
}

// How often an act stands in the audit trail; who did it, and to what, is not public.
export const noted = async (city, act) => (await logText(city)).split(`"move":"${act}"`).length - 1

// The latest running of a clock.
export function clock(matter, id) {
  return matter.clocks.filter((c) => c.clock === id).at(-1)
}

// UNDER: a command that runs it, as ["prlimit", "--nofile=1024"].
export const run = (args, { under = [], ...options } = {}) => {
  const [program, ...rest] = [...under, huiyin, ...args]
  return spawnSync(program, rest, { cwd: root, encoding: 'utf8', ...options })
}

// What comes by itself: the server looks once a second.
export async function until(what, tries = 100) {
  for (let i = 0; i < tries; i++) {
    const found = await what()
    if (found) return found
    await new Promise((done) => setTimeout(done, 100))
  }
  assert.fail('it did not come')
}
