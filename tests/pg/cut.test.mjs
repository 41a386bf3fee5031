// The connection to PostgreSQL is cut between a commit and its answer, under load: the change is in the database,
// and nobody can know. Between the program and the server stands a relay that loses such answers.
import assert from 'node:assert/strict'
import net from 'node:net'
import path from 'node:path'
import test from 'node:test'
import { Site, database, filing, ran } from '../crash/site.mjs'

// Relays from a socket in FOLDER to the server's; when armed, it ends a connection instead of passing on the answer to
// a commit that the server has done.
class Relay {
  constructor(folder) {
    this.folder = folder
    this.cuts = 0
    this.armed = false
    this.open = new Set()
  }

  async start() {
    const target = path.join(process.env.HY_TEST_POSTGRES, '.s.PGSQL.5432')
    this.server = net.createServer((near) => {
      const far = net.connect(target)
      const both = [near, far]
      for (const [one, other] of [[near, far], [far, near]]) {
        one.on('error', () => {})
        one.on('close', () => { other.destroy(); this.open.delete(one) })
        this.open.add(one)
      }
      near.on('data', (bytes) => { far.write(bytes) })
      far.on('data', (bytes) => {
        // CommandComplete "COMMIT", after which the server tells that it waits for more.
        if (this.armed && bytes.includes('COMMIT\0')) {
          this.armed = false
          this.cuts++
          for (const end of both) end.destroy()
          return
        }
        near.write(bytes)
      })
    })
    await new Promise((done) => this.server.listen(path.join(this.folder, '.s.PGSQL.5432'), done))
  }

  stop() {
    for (const end of this.open) end.destroy()
    this.server.close()
  }
}

test('the answer to a commit is lost again and again under load; the same key is safe', { timeout: 120000 }, async (t) => {
  const site = new Site().found()
  const relay = new Relay(site.dir)
  await relay.start()
  t.after(async () => { await site.remove(); relay.stop() })
  const direct = site.store
  site.store = ['--store', direct[1].replace(process.env.HY_TEST_POSTGRES, site.dir)]
  await site.start()

  const life = { over: false, unknown: 0, again: 0 }
  const codes = new Map() // title: code
  const clients = Array.from({ length: 8 }, async (_, c) => {
    const client = site.client()
    for (let n = 0; !life.over; n++) {
      const title = `断线 ${c}-${n}`
      const change = filing(title)
      let answer = await change.send(client)
      for (let tries = 0; answer.status === 503 && tries < 100; tries++) {
        const { code } = JSON.parse(answer.text)
        assert.ok(code === 'unknown_fate' || code === 'store_busy', answer.text)
        assert.equal(answer.headers['retry-after'], '1')
        life.unknown += code === 'unknown_fate'
        const before = code
        await new Promise((done) => setTimeout(done, 20))
        answer = await change.send(client)
        if (answer.status === 201 && before === 'unknown_fate') {
          // It was in the database: the repetition finds it and makes no second one.
          assert.equal(answer.headers['idempotent-replayed'], 'true', title)
          life.again++
        }
      }
      assert.equal(answer.status, 201, answer.text)
      codes.set(title, JSON.parse(answer.text).code)
    }
    client.close()
  })
  for (let round = 0; round < 20; round++) {
    await new Promise((done) => setTimeout(done, 100))
    const cuts = relay.cuts
    relay.armed = true
    while (relay.cuts === cuts) await new Promise((done) => setTimeout(done, 5))
  }
  life.over = true
  await Promise.all(clients)
  await site.stop()
  assert.equal(relay.cuts, 20)
  assert.ok(life.unknown >= 10, `${life.unknown} were told that their fate is unknown`)

  // Each filing is there exactly once.
  site.store = direct
  assert.equal(new Set(codes.values()).size, codes.size)
  const verdict = JSON.parse(ran(['verify', '--json', '--quiet', ...site.at]))
  assert.equal(verdict.verdict, 'untouched')
  const fsck = JSON.parse(ran(['fsck', '--json', '--quiet', ...site.at]))
  assert.equal(fsck.wrong, 0)
  const numbers = [...codes.values()].map((code) => Number(code.slice(-6)))
  assert.equal(Math.max(...numbers), codes.size, 'as many numbers as filings')
  t.diagnostic(`${relay.cuts} answers lost; ${codes.size} filed, ${life.unknown} of them first of unknown fate, ${life.again} found again`)
})
