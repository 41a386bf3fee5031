// Backups of a city that is being used, and what comes back out of them.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { database, filing, next, ran, run, Site } from './site.mjs'

const own = database ? 'only where the disk is the program\'s own' : false

// Clients that file and answer until they are told to stop; how many changes were acknowledged.
function load(site, clients = 8) {
  const life = { over: false, acknowledged: 0 }
  const one = async () => {
    const client = site.client()
    while (!life.over) {
      const filed = await filing('备份时').send(client)
      assert.equal(filed.status, 201, filed.text)
      const answered = await next.file(JSON.parse(filed.text).code, filed.headers.etag).send(client)
      assert.equal(answered.status, 200, answered.text)
      life.acknowledged += 2
    }
    client.close()
  }
  const all = Promise.all(Array.from({ length: clients }, one))
  return { life, stop: async () => { life.over = true; await all; return life.acknowledged } }
}

async function checkpoint(site, name) {
  const client = site.client()
  const file = path.join(site.dir, name)
  const { text } = await client.get('/log/checkpoint')
  client.close()
  writeFileSync(file, text)
  return file
}

// The database's bytes but for the counters with which SQLite notes who changed the file last.
function pages(data) {
  const bytes = readFileSync(path.join(data, 'huiyin.db'))
  return bytes.fill(0, 24, 28).fill(0, 40, 44).fill(0, 92, 100)
}

const root = (data) => JSON.parse(ran(['verify', '--json', '--quiet', '--data', data])).root

test('backups under load are of one moment each, and nobody waits for them', { skip: own }, async (t) => {
  const site = new Site().found()
  t.after(() => site.remove())
  await site.start()
  const busy = load(site)
  await sleep(300)
  ran(['backup-key', path.join(site.dir, 'key')])
  const secret = ['--key', path.join(site.dir, 'key')]
  for (let i = 0; i < 3; i++) {
    const before = await checkpoint(site, `before-${i}`)
    const had = busy.life.acknowledged
    const file = path.join(site.dir, `${i}.backup`)
    const seal = i % 2 ? ['--to-key', path.join(site.dir, 'key.pub'), '--with-key'] : []
    ran(['backup', file, '--quiet', '--data', site.data, ...seal])
    const key = i % 2 ? secret : []
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const facts = JSON.parse(ran(['backup', '--check', file, '--json', '--quiet', ...key]))
    const into = path.join(site.dir, `restored-${i}`)
    ran(['restore', file, '--quiet', '--data', into, ...key])
    ran(['verify', '--quiet', '--data', into, '--checkpoint', before])
    ran(['fsck', '--quiet', '--data', into])
    assert.equal(root(into), facts.about.log.root)
    assert.ok(facts.about.log.size >= had, 'what was acknowledged before the backup is in it')
    assert.equal(existsSync(path.join(into, 'keys/log.key')), i % 2 === 1)
    await sleep(50)
  }
  assert.ok((await busy.stop()) > 100)
  assert.ok(!existsSync(path.join(site.data, 'backup.tmp')))
  await site.stop()

  // With its key the restored city goes on.
  site.data = path.join(site.dir, 'restored-1')
  await site.start()
  const client = site.client()
  assert.equal((await filing('恢复之后').send(client)).status, 201)
  client.close()
  await site.stop()
  ran(['verify', '--quiet', '--data', site.data, '--checkpoint', path.join(site.dir, 'before-1')])
})

test('a backup at rest comes back with the same root, byte for byte', { skip: own }, async (t) => {
  const site = new Site().found()
  t.after(() => site.remove())
  await site.start()
  const busy = load(site, 2)
  await sleep(100)
  await busy.stop()
  await site.stop()
  const file = path.join(site.dir, 'one.backup')
  ran(['backup', file, '--quiet', '--data', site.data])
  const into = path.join(site.dir, 'restored')
  mkdirSync(into) // an empty folder is no obstacle
  ran(['restore', file, '--quiet', '--data', into])
  assert.equal(root(into), root(site.data))
  assert.equal(ran(['checkpoint', '--data', into]), ran(['checkpoint', '--data', site.data]))
  assert.ok(pages(into).equals(pages(site.data)))
  const again = path.join(site.dir, 'two.backup')
  ran(['backup', again, '--quiet', '--data', into])

  // Without the log's key it can be read and proved, not continued; it says where the key belongs.
  const said = run(['restore', again, '--data', path.join(site.dir, 'third')])
  assert.match(said.stderr, /keys\/log\.key/)
  const serve = run(['serve', '--data', path.join(site.dir, 'third'), '--port', '0'])
  assert.notEqual(serve.status, 0)
  assert.match(serve.stderr, /log\.key/)
})

test('what is no whole backup is refused plainly, and nothing is left behind', { skip: own }, async (t) => {
  const site = new Site().found()
  t.after(() => site.remove())
  const at = (name) => path.join(site.dir, name)
  ran(['backup-key', at('key')])
  ran(['backup-key', at('other')])
  ran(['backup', at('plain'), '--quiet', '--data', site.data])
  ran(['backup', at('sealed'), '--quiet', '--data', site.data, '--to-key', at('key.pub'), '--with-key'])
  const refused = (args, words) => {
    const done = run(args)
    assert.notEqual(done.status, 0, args.join(' '))
    assert.match(done.stderr, words)
    assert.deepEqual(readdirSync(site.dir).filter((name) => /tmp|restor|new/.test(name)), [])
  }
  const restore = (file, words, ...more) => {
    refused(['backup', '--check', file, ...more], words)
    refused(['restore', file, '--data', at('new'), ...more], words)
  }
  restore(at('sealed'), /is sealed; give the secret key/)
  restore(at('sealed'), /sealed for another key/, '--key', at('other'))
  restore(at('sealed'), /a public key cannot open/, '--key', at('key.pub'))
  restore(at('key'), /is no backup/)
  restore(path.join(site.data, 'huiyin.db'), /is no backup/)
  restore(at('absent'), /absent/)
  for (const name of ['plain', 'sealed']) {
    const { size } = statSync(at(name))
    for (const part of [0.1, 0.5, 0.99]) {
      copyFileSync(at(name), at('cut'))
      truncateSync(at('cut'), Math.floor(size * part))
      restore(at('cut'), /cut off|is no backup/, '--key', at('key'))
    }
    const bytes = readFileSync(at(name))
    bytes[Math.floor(size / 2)] ^= 4
    writeFileSync(at('changed'), bytes)
    restore(at('changed'), /changed/, '--key', at('key'))
  }
  refused(['backup', at('plain'), '--data', site.data], /is there already/)
  refused(['backup', at('x'), '--data', site.data, '--with-key'], /sealed backup only/)
  refused(['backup', at('no/such/x'), '--data', site.data], /no\/such/)
  refused(['backup', at('x'), '--data', at('nothing')], /nothing/)
  refused(['restore', at('plain'), '--data', site.data], /not empty/)
  ran(['verify', '--quiet', '--data', site.data])
})
