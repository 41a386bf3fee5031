// Three nodes of PostgreSQL, three servers, clients at full speed: the primary is killed, later cut
// off from everybody. Run by: deploy/cluster/cluster run node --test tests/cluster/cluster.test.mjs
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Knowledge, compare, pick, same, settle, shows, watch, work } from '../crash/clients.mjs'
import { Monitor } from '../crash/monitor.mjs'
import { Client, quick, ran, root } from '../crash/site.mjs'
import { logins } from '../logins.mjs'

const folder = process.env.HY_CLUSTER
const script = path.join(root, 'deploy/cluster/cluster')
const act = async (...words) => (await promisify(execFile)(script, words)).stdout
const state = async () => JSON.parse(await act('state', folder))
const clients = 12 // spread over the servers
const sampled = 20

// Longest that writing may stand still: the lock of the old primary (ttl, 20 s), its replacement,
// and what HAProxy, connections and the choice of a copy take.
const patience = 60000

const primaryOf = (nodes) => Object.keys(nodes).filter((name) => nodes[name].role === 'primary' && nodes[name].state === 'running')
const number = (name) => name.slice(-1)

async function until(what, limit, fn) {
  const began = performance.now()
  for (;;) {
    const found = await fn()
    if (found) return found
    assert.ok(performance.now() < began + limit, `${what} within ${limit / 1000} s: ${JSON.stringify(await state())}`)
    await sleep(250)
  }
}

class Server {
  constructor(name, facts) {
    Object.assign(this, facts, { name })
    this.answered = [] // when something was acknowledged: milliseconds
    this.said = {} // key of an error -> how often
  }
  get at() { return ['--data', this.data, '--store', this.store] }

  // Notes, of every answer to a change, when it came and what it said.
  client() {
    const client = new Client(this)
    const ask = client.ask.bind(client)
    client.ask = async (method, address, more) => {
      const answer = await ask(method, address, more)
      if (method === 'POST') this.note(more.headers['idempotency-key'], answer)
      return answer
    }
    return client
  }
  note(key, answer) {
    if (answer.status < 500) {
      this.answered.push(performance.now())
    } else {
      const { code } = JSON.parse(answer.text)
      this.said[code] = (this.said[code] ?? 0) + 1
      if (code === 'unknown_fate') Server.unknown.add(key)
      if (code !== 'unknown_fate' && code !== 'store_busy') this.odd = `${answer.text} ${key}`
    }
  }
  static unknown = new Set() // keys of changes whose fate nobody could tell
}

// The longest time in which nothing was acknowledged, after FROM.
function pause(servers, from) {
  const times = [from, ...servers.flatMap((s) => s.answered).filter((t) => t > from).sort((a, b) => a - b)]
  return Math.max(...times.slice(1).map((t, i) => t - times[i]))
}

// Load before, during and after a blow; then every check.
async function strike(t, city, what, blow, heal) {
  const { servers, known, monitor } = city
  const life = { over: false }
  const before = known.acknowledged.length
  const all = [...Array.from({ length: clients }, (_, i) => work(servers[i % servers.length], known, life)),
    watch(servers[0], monitor, life), watch(servers[2], monitor, life)]
  for (const server of servers) server.said = {}
  await sleep(1500)
  const old = primaryOf(await state())
  assert.equal(old.length, 1)
  // What is being committed now reaches nobody else: it is acknowledged to nobody either.
  const copy = number(Object.keys(city.nodes = await state()).find((name) => city.nodes[name].synchronous))
  await act('hold', folder, copy)
  await sleep(500)
  await blow(number(old[0]))
  await act('free', folder, copy)
  const struck = performance.now()
  const at = known.acknowledged.length
  for (const server of servers) { // each of them goes on by itself
    await until(`${server.name} writes again after ${what}`, patience, () => server.answered.some((when) => when > struck + 1000))
  }
  await sleep(1500)
  life.over = true
  await Promise.all(all)
  const gone = pause(servers, struck)
  const now = primaryOf(await state())
  assert.ok(now.some((name) => name !== old[0]), 'there is another primary')
  const fresh = known.acknowledged.slice(before)
  assert.ok(at - before > 20 && known.acknowledged.length - at > 20, `${at - before} before, ${known.acknowledged.length - at} after`)

  // What a client was told: nothing but these two, and "retry" meant that nothing was recorded.
  const said = {}
  for (const server of servers) for (const [key, n] of Object.entries(server.said)) said[key] = (said[key] ?? 0) + n
  assert.deepEqual(Object.keys(said).filter((key) => key !== 'store_busy' && key !== 'unknown_fate'), [], servers.map((s) =>
    `${s.odd ?? ''}\n${readFileSync(path.join(folder, `${s.name}.log`), 'utf8').slice(-3000)}`).join('\n'))
  const uncertain = known.uncertain.splice(0)
  const client = servers[1].client()
  let committed = 0
  for (const step of uncertain) {
    const maybe = Server.unknown.has(step.change.key)
    const answer = await settle(client, step)
    const replayed = answer.headers['idempotent-replayed'] === 'true'
    assert.ok(maybe || !replayed, `${step.change.key}: told to retry, though it had been recorded`)
    committed += replayed ? 1 : 0
    known.done(step, answer)
  }

  // The log as somebody outside has seen it goes on; every acknowledged change is in it, once.
  const kept = monitor.last
  await monitor.follow(client)
  compare(monitor, known, [...fresh, ...known.acknowledged.slice(before)])
  for (let i = 0; i < sampled; i++) {
    const other = pick(servers).client() // a repetition may come to any server
    await same(other, pick(fresh))
    await shows(other, pick(fresh))
    other.close()
  }
  client.close()
  const file = path.join(folder, 'seen')
  writeFileSync(file, kept.note)
  assert.equal(JSON.parse(ran(['verify', '--quiet', '--json', ...servers[0].at, '--checkpoint', file])).verdict, 'untouched')

  // The old primary comes back as a copy, without what it had not given away.
  const back = performance.now()
  await heal(number(old[0]))
  await until('the old primary follows', patience, async () => {
    const nodes = await state()
    const primary = primaryOf(nodes)
    return primary.length === 1 && primary[0] !== old[0] && nodes[old[0]].role === 'replica' &&
      nodes[primary[0]].streaming.includes(old[0]) && nodes[old[0]].timeline === nodes[primary[0]].timeline
  })
  t.diagnostic(`${what}: nothing acknowledged for ${(gone / 1000).toFixed(1)} s; ${fresh.length} changes acknowledged around it, none lost; ` +
    `${said.unknown_fate ?? 0} of unknown fate and ${said.store_busy ?? 0} told to retry, of which ${committed} were found committed; ` +
    `the old primary followed ${((performance.now() - back) / 1000).toFixed(1)} s after its return`)
  assert.ok(said.unknown_fate > 0, 'commits were under way')
}

test('the primary is killed, another is cut off: nothing acknowledged is lost', { timeout: 300000 }, async (t) => {
  assert.ok(folder, 'run by deploy/cluster/cluster run')
  const { servers: facts, address } = JSON.parse(readFileSync(path.join(folder, 'cluster.json'), 'utf8'))
  const page = await fetch(address) // as people come, by way of HAProxy
  assert.equal(page.status, 200, await page.text())
  const servers = Object.entries(facts).map(([name, more]) => new Server(name, more))
  const tokens = logins(ran, servers[0].at)
  quick(servers[0].at)
  for (const server of servers) server.tokens = tokens
  await sleep(2000) // a setting holds within a second, in every server
  const first = servers[0].client()
  const city = { servers, known: new Knowledge(), monitor: new Monitor((await first.get('/log/vkey')).text) }
  first.close()

  await strike(t, city, 'killed', (n) => act('kill', folder, n), (n) => act('start', folder, n))
  await strike(t, city, 'cut off', (n) => act('cut', folder, n), (n) => act('mend', folder, n))

  for (const server of servers) assert.equal(JSON.parse(ran(['fsck', '--quiet', '--json', ...server.at])).wrong, 0)
  const fresh = servers[2].client()
  const monitor = new Monitor((await fresh.get('/log/vkey')).text)
  await monitor.follow(fresh)
  compare(monitor, city.known, city.known.acknowledged)
  fresh.close()
})
