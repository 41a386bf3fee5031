// Files of matters go wherever the city goes: into backups, out of them, from one engine to the other;
// and what was damaged on the way is named.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { fileFacts } from '../fixtures/schema/shown.mjs'
import { database, filing, ran, root, run, Site } from './site.mjs'

const media = (name) => readFileSync(path.join(root, 'tests/fixtures/media', name))
const address = (schema) => `${database}${database.includes('?') ? '&' : '?'}options=-csearch_path%3D${schema}`

// Two matters with files: a picture, of which others see a copy; a document as it is; one of many
// pieces; and, since there are custodians by then, a picture whose original is sealed to them.
async function withFiles(site) {
  await site.start()
  const send = async (matter, name, bytes) => {
    const answer = await fetch(`http://127.0.0.1:${site.port}/api/v1/public/files`,
      { method: 'POST', body: bytes, headers: { 'x-matter-code': matter.code, 'x-matter-secret': matter.secret, 'x-file-name': name } })
    assert.equal(answer.status, 201, await answer.text())
  }
  const client = site.client()
  const filed = async () => JSON.parse((await filing('有附件').send(client)).text)
  const large = Buffer.concat([media('small.pdf'), Buffer.alloc(3 << 20, '附件')])
  const first = await filed()
  for (const [name, bytes] of [['a.jpg', media('turned.jpg')], ['b.pdf', media('small.pdf')], ['c.pdf', large]]) await send(first, name, bytes)
  client.close()
  await site.stop()
  mkdirSync(path.join(site.dir, 'custodians'))
  for (const group of ['a', 'b']) {
    const at = path.join(site.dir, 'custodians', group)
    execFileSync('sh', ['-c', 'echo "保管人的一句十二字口令以上" > "$0"', `${at}.pass`])
    const line = ran(['custodian', 'keygen', '--quiet', '--out', `${at}.key`, '--passphrase-file', `${at}.pass`]).trim()
    ran(['custodian', 'add', ...site.at, '--group', group, '--label', group, line])
  }
  await site.start()
  const second = await filed()
  await send(second, 'd.jpg', media('turned.jpg'))
  const codes = [first.code, second.code]
  const files = await fileFacts(site, codes, site.tokens.officer)
  await site.stop()
  assert.deepEqual(files.map((file) => [file.type, file.sealed]),
    [['image/jpeg', false], ['application/pdf', false], ['application/pdf', false], ['image/jpeg', true]])
  return { codes, files }
}

// The city at DATA (and STORE) has exactly these files, and can prove it.
async function has(site, { codes, files }, data, store = []) {
  ran(['fsck', '--quiet', '--data', data, ...store])
  ran(['verify', '--quiet', '--data', data, ...store])
  const other = Object.assign(new Site(), { data, store, tokens: site.tokens })
  await other.start()
  try {
    assert.deepEqual(await fileFacts(other, codes, site.tokens.officer), files)
  } finally {
    await other.stop()
    await other.remove()
  }
}

// One statement in the database of a folder, by another program.
const bend = (data, sql) => execFileSync('python3', ['-c', `import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute(sys.argv[2]).rowcount == 1
db.commit()`, path.join(data, 'huiyin.db'), sql])

test('files come along into backups and between engines, and what was damaged is named', { timeout: 180000 }, async (t) => {
  const site = new Site().found()
  t.after(() => site.remove())
  const all = await withFiles(site)
  const at = (name) => path.join(site.dir, name)
  ran(['backup-key', at('key')])
  ran(['backup', at('whole'), '--quiet', ...site.at, '--to-key', at('key.pub'), '--with-key'])
  ran(['backup', at('plain'), '--quiet', ...site.at])

  // Into a folder, and on to wherever there is.
  const folder = at('folder')
  ran(['restore', at('whole'), '--quiet', '--data', folder, '--key', at('key')])
  await has(site, all, folder)
  if (database) {
    const [restored, moved] = ['restored', 'moved'].map((name) => address(`${name}${process.pid}`))
    ran(['restore', at('whole'), '--quiet', '--data', at('beside'), '--store', restored, '--key', at('key')])
    await has(site, all, at('beside'), ['--store', restored])
    ran(['migrate', '--quiet', '--from', folder, '--to', moved])
    await has(site, all, folder, ['--store', moved])
    ran(['migrate', '--quiet', '--from', moved, '--data', folder, '--to', at('back')])
    await has(site, all, at('back'))
  }

  // Without the log's key files are there, measured and closed; with it they open.
  ran(['restore', at('plain'), '--quiet', '--data', at('closed')])
  ran(['fsck', '--quiet', '--data', at('closed')])
  mkdirSync(path.join(at('closed'), 'keys'), { mode: 0o700, recursive: true })
  copyFileSync(path.join(folder, 'keys/log.key'), path.join(at('closed'), 'keys/log.key'))
  await has(site, all, at('closed'))

  // A byte of a piece, a piece, a file: each is found by fsck and named, and no backup of it is restored.
  const piece = (n) => `SELECT blob FROM file WHERE matter = (SELECT id FROM matter WHERE code = '${all.codes[0]}') AND n = ${n}`
  const damages = {
    [`file 2 of ${all.codes[0]} is not what its event says`]: `UPDATE file_piece SET box = CAST(substr(box, 1, 40) || x'${'00'.repeat(16)}' || substr(box, 57) AS BLOB) WHERE blob = (${piece(2)})`,
    [`file 3 of ${all.codes[0]} is not what its event says`]: `DELETE FROM file_piece WHERE n = 5 AND blob = (${piece(3)})`,
    [`${all.codes[1]} has 0 files, its events speak of 1`]: `DELETE FROM file WHERE matter = (SELECT id FROM matter WHERE code = '${all.codes[1]}')`,
  }
  let i = 0
  for (const [says, sql] of Object.entries(damages)) {
    const bent = at(`bent-${i++}`)
    cpSync(folder, bent, { recursive: true })
    bend(bent, sql)
    const fsck = run(['fsck', '--quiet', '--data', bent])
    assert.equal(fsck.status, 6, `${says}: ${fsck.stderr}`)
    assert.ok(fsck.stderr.includes(says), fsck.stderr)
    ran(['backup', `${bent}.backup`, '--quiet', '--data', bent, '--to-key', at('key.pub'), '--with-key'])
    const restored = run(['restore', `${bent}.backup`, '--quiet', '--data', `${bent}-restored`, '--key', at('key')])
    assert.notEqual(restored.status, 0, says)
    assert.ok(restored.stderr.includes(says), restored.stderr)
  }

  // What was erased is in none of them.
  ran(['matter', 'erase', '--basis', '当事人申请', all.codes[0], '--data', folder])
  ran(['fsck', '--quiet', '--data', folder])
  ran(['backup', at('erased'), '--quiet', '--data', folder])
  ran(['restore', at('erased'), '--quiet', '--data', at('erased-restored')])
  const left = execFileSync('python3', ['-c', `import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(db.execute('SELECT count(*) FROM file').fetchone()[0], db.execute('SELECT count(DISTINCT blob) FROM file_piece').fetchone()[0])`,
    path.join(at('erased-restored'), 'huiyin.db')], { encoding: 'utf8' })
  assert.equal(left.trim(), '1 2', 'one file: the copy and the sealed original')
})
