// The store stands still under load: the queue of writes fills up, and nobody hangs. Who is turned
// away is told so at once and finds nothing half done; repeated with the same key it is done, once.
// The disk waits at each flush (disk.c), or PostgreSQL is stopped (SIGSTOP).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
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

// On a new connection: one that was silent for too long is closed.
async function sizeOf(site) {
  const client = site.client()
  const { text } = await client.get('/log/checkpoint')
  client.close()
  return Number(text.split('\n')[1])
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
  const size = await sizeOf(site)
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
  assert.equal(await sizeOf(site), size)

  disk.fine()
  assert.deepEqual((await stuck).map((a) => a.status), [201])
  assert.equal(await sizeOf(site), size + 1, 'of what was refused nothing is there')
  const again = []
  for (let i = 0; i < changes.length; i += BATCH) again.push(...await sendAll(site, changes.slice(i, i + BATCH)))
  assert.ok(again.every((a) => a.status === 201 && !a.headers['idempotent-replayed']))
  assert.equal(new Set(again.map((a) => JSON.parse(a.text).code)).size, changes.length)
  const twice = await sendAll(site, changes.slice(0, 20))
  assert.deepEqual(twice.map((a) => [a.text, a.headers['idempotent-replayed']]), again.slice(0, 20).map((a) => [a.text, 'true']))
  assert.equal(await sizeOf(site), size + 1 + changes.length)
  t.diagnostic(`${changes.length} filings against a disk that stood still: ${atOnce} refused at once, the last after ` +
    `${(slowest / 1000).toFixed(1)} s; ${(before >> 20)} MB before, ${(during >> 20)} MB with them`)
  assert.ok(during - before < 256 << 20)
  await site.stop()
  ran(['fsck', '--quiet', ...site.at])
  ran(['verify', '--quiet', ...site.at])
})
