// A backup straight out of PostgreSQL while clients file, and back into a database and into a folder.
import assert from 'node:assert/strict'
import path from 'node:path'
import test from 'node:test'
import { Site, database, filing, ran, run } from '../crash/site.mjs'

const address = (schema) => `${database}${database.includes('?') ? '&' : '?'}options=-csearch_path%3D${schema}`

test('a backup from PostgreSQL is of one moment, and comes back whole on both engines', { timeout: 120000 }, async (t) => {
  const site = new Site().found()
  t.after(() => site.remove())
  await site.start()
  const asking = site.client() // founding and accounts are events too
  const before = Number((await asking.get('/log/checkpoint')).text.split('\n')[1])
  asking.close()
  const life = { over: false, filed: 0 }
  const busy = Promise.all([0, 1, 2, 3].map(async () => {
    const client = site.client()
    while (!life.over) {
      assert.equal((await filing('备份时').send(client)).status, 201)
      life.filed++
    }
    client.close()
  }))
  while (life.filed < 50) await new Promise((done) => setTimeout(done, 10))
  const keys = path.join(site.dir, 'backup-key')
  ran(['backup-key', keys])
  const [open, sealed] = ['open.backup', 'sealed.backup'].map((name) => path.join(site.dir, name))
  ran(['backup', open, ...site.at, '--quiet'])
  ran(['backup', sealed, ...site.at, '--to-key', `${keys}.pub`, '--with-key', '--quiet'])
  life.over = true
  await busy
  await site.stop()
  ran(['backup', '--check', open, ...site.at])
  ran(['backup', '--check', sealed, '--key', keys, ...site.at])

  // Into a folder: SQLite.
  const folder = path.join(site.dir, 'folder')
  ran(['restore', open, '--data', folder, '--quiet'])
  const verdict = (...at) => JSON.parse(ran(['verify', '--json', '--quiet', ...at]))
  const first = verdict('--data', folder)
  assert.equal(first.verdict, 'untouched')
  assert.ok(first.events >= before + 50 && first.events <= before + life.filed + 10, `${first.events} events`)

  // Into another database, and served from there.
  const other = `restored${process.pid}`
  const data = path.join(site.dir, 'restored')
  ran(['restore', sealed, '--key', keys, '--data', data, '--store', address(other), '--quiet'])
  const second = verdict('--data', data, '--store', address(other))
  assert.equal(second.verdict, 'untouched')
  assert.ok(second.events >= first.events)
  assert.equal(JSON.parse(ran(['fsck', '--json', '--quiet', '--data', data, '--store', address(other)])).wrong, 0)
  const again = run(['restore', sealed, '--key', keys, '--data', `${data}2`, '--store', address(other), '--quiet'])
  assert.notEqual(again.status, 0)
  assert.match(again.stderr, /not empty/)
  site.data = data
  site.store = ['--store', address(other)]
  await site.start()
  const client = site.client()
  assert.equal((await filing('恢复以后').send(client)).status, 201)
  client.close()
  await site.stop()
  assert.equal(verdict(...site.at).events, second.events + 1)
  const folderAddress = run(['restore', open, '--data', `${data}3`, '--store', '/tmp/x'])
  assert.match(folderAddress.stderr, /postgresql:\/\//)
})
