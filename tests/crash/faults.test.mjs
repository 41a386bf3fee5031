// Disks that are full, read-only, deaf, lying or damaged, under the real program.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Disk } from './disk.mjs'
import { Monitor } from './monitor.mjs'
import { database, filing, ran, run, Site } from './site.mjs'

const own = database ? 'only where the disk is the program\'s own' : false
const shim = own || (Disk.there ? false : 'the program was built with a sanitizer')

function aDisk(t) {
  const disk = new Disk()
  const site = new Site({ env: disk.env }).found()
  t.after(async () => { await site.remove(); disk.remove() })
  return { disk, site }
}

async function file(client, count, status = 201) {
  const codes = []
  for (let i = 0; i < count; i++) {
    const answer = await filing(`第 ${i} 件`).send(client)
    assert.equal(answer.status, status, answer.text)
    codes.push(JSON.parse(answer.text).code)
  }
  return codes
}

async function readable(client, codes) {
  for (const code of codes) assert.equal((await client.get(`/api/v1/matters/${code}`)).status, 200)
  assert.equal((await client.get('/api/v1/matters?limit=5')).status, 200)
  assert.equal((await client.get('/readyz')).status, 200)
}

const total = async (client) => JSON.parse((await client.get('/log/checkpoint')).text.split('\n')[1])

function sound(site) {
  ran(['verify', '--quiet', '--data', site.data])
  ran(['fsck', '--quiet', '--data', site.data])
}

// --- no room, no writing, no flushing ---------------------------------------------------------

const refusals = [
  ['full', 500, 'store', /disk is full; nothing was recorded/, /the disk is full/],
  ['readonly', 503, 'unknown_fate', /same Idempotency-Key/, /the disk failed during a commit/],
  ['deaf', 503, 'unknown_fate', /same Idempotency-Key/, /the disk failed during a commit/],
]
for (const [word, status, code, said, logged] of refusals) {
  test(`${word}: reading goes on, writing says why, and goes on when the disk is well`, { skip: shim }, async (t) => {
    const { disk, site } = aDisk(t)
    await site.start()
    const client = site.client()
    const codes = await file(client, 20)
    const size = await total(client)
    disk.fail(word)
    const late = [filing('盘坏时'), filing('盘坏时')]
    for (const change of late) {
      const answer = await change.send(client)
      assert.equal(answer.status, status, answer.text)
      const problem = JSON.parse(answer.text)
      assert.equal(problem.code, code)
      assert.match(`${problem.detail} ${problem.title}`, said)
    }
    await readable(client, codes)
    assert.match(site.log, logged)
    disk.fine()
    // The same requests, repeated as they were told to: done, once.
    for (const change of late) assert.equal((await change.send(client)).status, 201)
    for (const change of late) assert.equal((await change.send(client)).headers['idempotent-replayed'], 'true')
    await file(client, 5)
    assert.equal(await total(client), size + 7)
    client.close()
    await site.kill()
    await site.start()
    sound(site)
    await site.stop()
    sound(site)
  })
}

// --- a real full disk, a real read-only one ---------------------------------------------------

function mounted(t) {
  const dir = mkdtempSync(path.join(tmpdir(), 'huiyin-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', dir], { stdio: 'ignore' })
  } catch {
    rmSync(dir, { recursive: true })
    return null
  }
  t.after(() => {
    execFileSync('umount', ['-l', dir])
    rmSync(dir, { recursive: true })
  })
  return dir
}

test('a file system that runs full under load loses nothing and recovers', { skip: own }, async (t) => {
  const dir = mounted(t)
  if (!dir) return t.skip('no right to mount a small file system here')
  const site = new Site({ folder: path.join(dir, 'data') }).found()
  t.after(() => site.remove())
  await site.start()
  const done = []
  let refused = 0
  await Promise.all(Array.from({ length: 8 }, async () => {
    const client = site.client()
    for (let no = 0; no < 3;) {
      const answer = await filing('满盘').send(client)
      if (answer.status === 201) {
        done.push(JSON.parse(answer.text).code)
      } else {
        assert.ok(answer.status >= 500, answer.text)
        no++
        refused++
      }
      assert.ok(done.length < 20000, 'the disk fills up')
    }
    client.close()
  }))
  assert.ok(done.length > 10 && refused >= 24)
  const client = site.client()
  await readable(client, [done[0], done.at(-1)])
  execFileSync('mount', ['-o', 'remount,size=64m', dir])
  await file(client, 5)
  await readable(client, done)
  client.close()
  await site.kill()
  await site.start()
  sound(site)
  await site.stop()
  sound(site)
  t.diagnostic(`${done.length} filed until the disk was full, ${refused} refused`)
})

test('a read-only file system can be read and proved, and is not served', { skip: own }, async (t) => {
  const dir = mounted(t)
  if (!dir) return t.skip('no right to mount a small file system here')
  const site = new Site({ folder: path.join(dir, 'data') }).found()
  t.after(() => site.remove())
  await site.start()
  const client = site.client()
  await file(client, 3)
  client.close()
  await site.stop()
  execFileSync('mount', ['-o', 'remount,ro', dir])
  sound(site)
  assert.match(await site.refusesToStart(), /[Rr]ead-only/)
})

// --- writes that were never done --------------------------------------------------------------

test('a disk that lies about flushing is found out by the published checkpoint', { skip: shim }, async (t) => {
  const { disk, site } = aDisk(t)
  disk.watch(site.data)
  await site.start()
  const client = site.client()
  const monitor = new Monitor((await client.get('/log/vkey')).text)
  await file(client, 10)
  await sleep(1500) // published
  disk.fail('lies')
  await file(client, 10)
  monitor.saw((await client.get('/log/checkpoint')).text)
  await sleep(1500)
  client.close()
  await site.kill()
  disk.fine()
  assert.ok(disk.cut(() => 0) > 0)
  assert.match(await site.refusesToStart(), /checkpoint/)
  const seen = path.join(site.dir, 'seen')
  writeFileSync(seen, monitor.last.note)
  const verify = run(['verify', '--quiet', '--data', site.data, '--checkpoint', seen])
  assert.equal(verify.status, 6, verify.stderr)
})

for (const word of ['lose-db', 'lose-odd']) {
  test(`${word}: writes that never reached the database are found`, { skip: shim }, async (t) => {
    const { disk, site } = aDisk(t)
    await site.start()
    let client = site.client()
    await file(client, 50)
    client.close()
    await site.stop()
    await site.start()
    client = site.client()
    await file(client, 50)
    client.close()
    disk.fail(word)
    await site.stop() // moves the log into the database, so it seems, and drops it
    disk.fine()
    const fsck = run(['fsck', '--quiet', '--data', site.data])
    const verify = run(['verify', '--quiet', '--data', site.data])
    assert.ok(fsck.status !== 0 || verify.status !== 0, 'one of the judges finds it')
    assert.match(fsck.stderr + verify.stderr, /damaged|checkpoint|differ|log/)
    assert.match(await site.refusesToStart(), /damaged|checkpoint|log/)
  })
}

// --- a damaged page ---------------------------------------------------------------------------

function spoil(file, page) {
  const fd = openSync(file, 'r+')
  writeSync(fd, Buffer.alloc(4096, 0xee), 0, 4096, page * 4096)
  closeSync(fd)
}

// Until the check beside the first requests has said something, or enough time has gone.
async function said(site, pattern) {
  for (let i = 0; i < 100 && !pattern.test(site.log); i++) await sleep(50)
  return site.log
}

test('a damaged page, wherever it is, is named by fsck and at the start', { skip: own }, async (t) => {
  const site = new Site().found()
  t.after(() => site.remove())
  await site.start()
  const client = site.client()
  await file(client, 200)
  client.close()
  await site.stop()
  const db = path.join(site.data, 'huiyin.db')
  const whole = readFileSync(db)
  const pages = statSync(db).size / 4096
  let served = 0
  const spots = [0, Math.floor(whole.indexOf('calendar/2020.yaml') / 4096)] // the beginning, and content held by its hash
  assert.ok(spots[1] > 0)
  for (let i = 0; i < 11; i++) spots.push(Math.floor(((i + 0.5) / 11) * pages))
  for (const page of spots) {
    writeFileSync(db, whole)
    spoil(db, page)
    const fsck = run(['fsck', '--quiet', '--data', site.data])
    assert.notEqual(fsck.status, 0, `page ${page}`)
    assert.match(fsck.stderr, /damaged/, `page ${page}`)
    site.spawn()
    const log = await said(site, /damaged/)
    assert.match(log, /damaged/, `page ${page}`)
    if (site.process.exitCode === null) {
      served++
      await site.kill()
    }
  }
  writeFileSync(db, whole)
  await site.start()
  const again = site.client()
  await sleep(300)
  assert.equal((await again.get('/readyz')).status, 200)
  again.close()
  await site.stop()
  assert.equal(site.log, '')
  t.diagnostic(`${spots.length} pages of ${pages}: with ${served} of them it came up, and said so`)
})

test('a server with a damaged file is not ready, and says why', { skip: own }, async (t) => {
  const site = new Site().found()
  t.after(() => site.remove())
  await site.start()
  let client = site.client()
  await file(client, 200)
  client.close()
  await site.stop()
  const db = path.join(site.data, 'huiyin.db')
  const whole = readFileSync(db)
  for (let page = statSync(db).size / 4096 - 1; page > 0; page--) {
    writeFileSync(db, whole)
    spoil(db, page)
    try { await site.start() } catch { continue } // named before it came up
    await said(site, /store-check/)
    client = site.client()
    const ready = await client.get('/readyz')
    client.close()
    assert.equal(ready.status, 500)
    assert.match(JSON.parse(ready.text).detail, /damaged.*backup/)
    await site.kill()
    return
  }
  assert.fail('no page let it start')
})
