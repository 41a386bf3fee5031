// The store stands still under load: the queue of writes fills up, and nobody hangs. Who is turned
// away is told so at once and finds nothing half done; repeated with the same key it is done, once.
// The disk waits at each flush (disk.c), or PostgreSQL is stopped (SIGSTOP).
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bearer } from '../logins.mjs'
import { Disk } from './disk.mjs'
import { database, filing, ran, Site } from './site.mjs'

const shim = database ? 'only where the disk is the program\'s own' : Disk.there ? false : 'the program was built with a sanitizer'
const QUEUE = 4096 // store.h
const BATCH = 512
const patience = 6

const memory = (site) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${site.process.pid}/smaps_rollup`, 'utf8'))[1]) << 10

// Each on a connection of its own; what became of it, and after how long.
function sendAll(site, changes) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity })
  const client = site.client()
  client.agent = agent
  return Promise.all(changes.map(async (change) => {
    const began = performance.now()
    const answer = await change.send(client)
    return { change, status: answer.status, headers: answer.headers, text: answer.text, took: performance.now() - began }
  })).finally(() => agent.destroy())
}

test('a disk that stands still: the queue fills up, reading goes on, nothing refused is half there', { skip: shim, timeout: 120000 }, async (t) => {
  const disk = new Disk()
  const site = new Site({ env: disk.env }).found()
  t.after(async () => { disk.fine(); await site.remove(); disk.remove() })
  site.more = ['--patience', String(patience)]
  await site.start()
  const client = site.client()
  const first = await filing('之前').send(client)
  const { code } = JSON.parse(first.text)
  const size = await site.logSize()
  const before = memory(site)

  disk.fail('stuck')
  const stuck = sendAll(site, [filing('卡住的那一批')])
  await sleep(300)
  const changes = Array.from({ length: QUEUE + 900 }, (_, i) => filing(`排队 ${i}`))
  const early = []
  const all = sendAll(site, changes.map((change) => ({
    send: async (c) => {
      const answer = await change.send(c)
      early.push(answer.status)
      return answer
    },
  })))
  // Those for whom there is no place are told at once, not when the disk is well again.
  for (let i = 0; i < 100 && early.length < 900; i++) await sleep(50)
  assert.ok(early.length >= 900 && early.length < 910, `${early.length}`) // what the server does by itself waits there too
  const [during, atOnce] = [memory(site), early.length]
  for (let i = 0; i < 20; i++) {
    const began = performance.now()
    assert.equal((await client.get(`/api/v1/matters/${code}`)).status, 200)
    assert.equal((await client.get('/api/v1/matters?limit=5')).status, 200)
    assert.ok(performance.now() - began < 1000, 'reading goes on')
  }
  client.close()
  // Those that wait are told when they have waited long enough, and then nothing waits but the batch.
  const answers = await all
  const slowest = Math.max(...answers.map((a) => a.took))
  for (const answer of answers) {
    assert.equal(answer.status, 503, answer.text)
    assert.equal(JSON.parse(answer.text).code, 'store_busy')
    assert.match(answer.headers['retry-after'], /^\d+$/)
  }
  assert.ok(slowest < (patience + 8) * 1000, `${slowest} ms`)
  assert.equal(await site.logSize(), size)

  disk.fine()
  assert.deepEqual((await stuck).map((a) => a.status), [201])
  assert.equal(await site.logSize(), size + 1, 'of what was refused nothing is there')
  const again = []
  for (let i = 0; i < changes.length; i += BATCH) again.push(...await sendAll(site, changes.slice(i, i + BATCH)))
  assert.ok(again.every((a) => a.status === 201 && !a.headers['idempotent-replayed']))
  assert.equal(new Set(again.map((a) => JSON.parse(a.text).code)).size, changes.length)
  const twice = await sendAll(site, changes.slice(0, 20))
  assert.deepEqual(twice.map((a) => [a.text, a.headers['idempotent-replayed']]), again.slice(0, 20).map((a) => [a.text, 'true']))
  assert.equal(await site.logSize(), size + 1 + changes.length)
  t.diagnostic(`${changes.length} filings against a disk that stood still: ${atOnce} refused at once, the last after ` +
    `${(slowest / 1000).toFixed(1)} s; ${(before >> 20)} MB before, ${(during >> 20)} MB with them`)
  assert.ok(during - before < 256 << 20)
  await site.stop()
  ran(['fsck', '--quiet', ...site.at])
  ran(['verify', '--quiet', ...site.at])
})

// Every process of the database at once.
function signalAll(signal) {
  const first = Number(readFileSync(`${process.env.HY_TEST_POSTGRES}/data/postmaster.pid`, 'utf8').split('\n')[0])
  const mine = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return pid === first || Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]) === first
    } catch {
      return false // gone meanwhile
    }
  })
  for (const pid of mine) process.kill(pid, signal)
}

test('a database that stands still: everybody is answered in time, nothing refused is half there', { skip: !database && 'only with PostgreSQL', timeout: 120000 }, async (t) => {
  const site = new Site().found()
  t.after(async () => { signalAll('SIGCONT'); await site.remove() })
  site.more = ['--patience', String(patience)]
  await site.start()
  const size = await site.logSize()
  const changes = Array.from({ length: 400 }, (_, i) => filing(`停住的库 ${i}`))
  // Half of them on their way when it stops, half after.
  const early = sendAll(site, changes.slice(0, 200))
  await sleep(20)
  signalAll('SIGSTOP')
  const late = sendAll(site, changes.slice(200))
  const began = performance.now()
  const others = Array.from({ length: 20 }, async (_, i) => {
    const answer = await fetch(`http://127.0.0.1:${site.port}${i % 2 ? '/healthz' : '/api/v1/matters?limit=5'}`,
      { headers: i % 2 ? {} : bearer(site.tokens.officer) })
    assert.equal(answer.status, i % 2 ? 200 : 503, await answer.text())
    return performance.now() - began
  })
  const answers = [...await early, ...await late]
  const read = Math.max(...await Promise.all(others))
  const slowest = Math.max(...answers.map((a) => a.took))
  const refused = answers.filter((a) => a.status !== 201)
  for (const answer of refused) {
    assert.equal(answer.status, 503, answer.text)
    assert.match(answer.headers['retry-after'], /^\d+$/)
    assert.ok(['store_busy', 'unknown_fate'].includes(JSON.parse(answer.text).code), answer.text)
  }
  assert.ok(refused.length >= 200, `${refused.length}`)
  assert.ok(slowest < 40000 && read < 40000, `${slowest} ms, ${read} ms`)
  signalAll('SIGCONT')
  await sleep(2500)
  const again = []
  for (let i = 0; i < changes.length; i += 50) again.push(...await sendAll(site, changes.slice(i, i + 50)))
  assert.deepEqual(again.filter((a) => a.status !== 201).map((a) => a.text), [])
  for (const [i, answer] of answers.entries()) if (answer.status === 201) assert.equal(again[i].text, answer.text)
  assert.equal(new Set(again.map((a) => JSON.parse(a.text).code)).size, changes.length)
  assert.equal(await site.logSize(), size + changes.length, 'each is there once')
  t.diagnostic(`of ${changes.length} filings around the stop ${refused.length} were refused, the last after ${(slowest / 1000).toFixed(1)} s; ` +
    `whoever read or asked for health had an answer after ${(read / 1000).toFixed(1)} s at most`)
  await site.stop()
  ran(['fsck', '--quiet', ...site.at])
  ran(['verify', '--quiet', ...site.at])
})
