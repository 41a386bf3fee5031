// Clients file, answer and rate at full speed; the server is killed at random moments, again and
// again; in the second test the disk then loses what was not flushed, as in a power cut; on
// PostgreSQL the database is ended at once under a server that stays.
// HY_CRASH_ROUNDS: how often (20); HY_CRASH_SEED: repeats the same moments.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Knowledge, compare, pick, random, same, seed, settle, shows, watch, work } from './clients.mjs'
import { Disk } from './disk.mjs'
import { Monitor } from './monitor.mjs'
import { database, ran, Site } from './site.mjs'

const rounds = Number(process.env.HY_CRASH_ROUNDS ?? 20)
const clients = 16
const sampled = 12 // answers asked for again in each round

// How a blow is struck: by default the server is killed, and started without any command.
const killing = (site, afterKill = () => {}) => ({
  strike: async () => { await site.kill(); afterKill() },
  revive: () => site.start(),
  // Sometimes it dies while it is recovering, too.
  again: async () => {
    site.spawn()
    await sleep(random() * 40)
    await site.kill()
    afterKill()
  },
})

// A round: load, a blow, a start, and every check.
async function storm(t, site, rounds, { strike, revive, again }) {
  const known = new Knowledge()
  const starts = []
  let committed = 0
  let early = 0
  let slowest = 0

  await site.start()
  const first = site.client()
  const monitor = new Monitor((await first.get('/log/vkey')).text)
  first.close()
  for (let round = 1; round <= rounds; round++) {
    const began = performance.now()
    const life = { over: false }
    const before = known.acknowledged.length
    const all = [...Array.from({ length: clients }, () => work(site, known, life)), watch(site, monitor, life)]
    await sleep(5 + random() * 200)
    await strike()
    life.over = true
    await Promise.all(all)
    if (random() < 0.2) {
      early++
      await again()
    }
    starts.push(await revive())
    const client = site.client()
    for (const step of known.uncertain.splice(0)) {
      const answer = await settle(client, step)
      committed += answer.headers['idempotent-replayed'] === 'true' ? 1 : 0
      known.done(step, answer)
    }
    const fresh = known.acknowledged.slice(before)
    const kept = monitor.last
    await monitor.follow(client)
    compare(monitor, known, fresh)
    for (let i = 0; i < sampled && fresh.length; i++) await same(client, pick(fresh))
    for (let i = 0; i < sampled && fresh.length; i++) await shows(client, pick(fresh))
    client.close() // the judges may take longer than a silent connection lives; the next one is new
    judge(site, kept.note)
    if (fresh.length) await genuine(site, client, pick(fresh))
    client.close()
    slowest = Math.max(slowest, performance.now() - began)
  }
  await review(site, known)
  await site.stop()
  judge(site, monitor.last.note)
  starts.sort((a, b) => a - b)
  t.diagnostic(`${rounds} kills, ${early} more during the start after one; ${known.acknowledged.length} changes acknowledged, ` +
    `none lost; of those in flight at a kill ${committed} were found committed; all were repeated safely`)
  t.diagnostic(`start after a kill: median ${starts[starts.length >> 1].toFixed(0)} ms, ` +
    `slowest ${starts.at(-1).toFixed(0)} ms; slowest round ${slowest.toFixed(0)} ms`)
}

// The program's own judges, beside the running server too.
function judge(site, note) {
  const file = path.join(site.dir, 'seen')
  writeFileSync(file, note)
  ran(['verify', '--quiet', ...site.at, '--checkpoint', file])
  ran(['fsck', '--quiet', ...site.at])
}

async function genuine(site, client, step) {
  const file = path.join(site.dir, 'proof')
  writeFileSync(file, (await client.get(`/api/v1/matters/${step.code}/receipt`)).bytes)
  assert.match(ran(['verify', ...site.at, '--receipt', file]), /^genuine/)
}

// Once more over everything that was ever acknowledged, by a reader who comes new.
async function review(site, known) {
  const client = site.client()
  const monitor = new Monitor((await client.get('/log/vkey')).text)
  await monitor.follow(client)
  compare(monitor, known, known.acknowledged)
  const { change } = known.acknowledged[0]
  const reused = await client.ask('POST', '/api/v1/matters',
    { body: { ...change.body, data: { title: '另一件' } }, headers: { 'idempotency-key': change.key } })
  assert.equal(reused.status, 422)
  client.close()
}

const timeout = 60000 + rounds * 10000

test(`killed ${rounds} times, nothing acknowledged is lost (seed ${seed})`, { timeout }, async (t) => {
  const site = new Site().found()
  t.after(() => site.remove())
  await storm(t, site, rounds, killing(site))
})

test(`the power cut ${rounds} times, nothing acknowledged is lost (seed ${seed})`, { timeout }, async (t) => {
  if (!Disk.there) return t.skip('the program was built with a sanitizer')
  if (database) return t.skip('only where the disk is the program\'s own')
  const disk = new Disk()
  const site = new Site({ env: disk.env }).found()
  t.after(() => site.remove().then(() => disk.remove()))
  disk.watch(site.data)
  let lost = 0
  await storm(t, site, rounds, killing(site, () => { lost += disk.cut(random) }))
  assert.ok(lost > 0, 'some writes were lost, else nothing was tested')
  t.diagnostic(`${lost} writes that were not flushed were taken away`)
})

// The server stays; the database under it is ended at once, as by kill -9, and started again.
test(`PostgreSQL killed ${Math.ceil(rounds / 4)} times, nothing acknowledged is lost (seed ${seed})`, { timeout }, async (t) => {
  const folder = process.env.HY_TEST_POSTGRES
  if (!database || !folder) return t.skip('not on PostgreSQL')
  const site = new Site().found()
  t.after(() => site.remove())
  const stop = () => promisify(execFile)(path.join(folder, 'stop'), ['immediate'])
  const start = async () => {
    const began = performance.now()
    await promisify(execFile)(path.join(folder, 'start'))
    const client = site.client()
    while ((await client.get('/readyz')).status !== 200) {
      assert.ok(performance.now() < began + 30000, 'the server takes it up again')
      await sleep(10)
    }
    client.close()
    return performance.now() - began
  }
  await storm(t, site, Math.ceil(rounds / 4), {
    strike: async () => { await stop(); await sleep(50) },
    again: async () => { await promisify(execFile)(path.join(folder, 'start')); await stop() },
    revive: start,
  })
})
