// The public log over HTTP: receipts verify offline, checkpoints are consistent, tiles hash to the root.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { City, run } from './city.mjs'

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()
const leaf = (entry) => sha(Buffer.from([0]), entry)
const node = (l, r) => sha(Buffer.from([1]), l, r)

// RFC 6962 2.1, the obvious way.
function rootOf(leaves) {
  if (leaves.length === 1) return leaves[0]
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return node(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)))
}

// RFC 9162 2.1.4.2.
function consistent(old, size, proof, oldRoot, root) {
  if (old === size) return proof.length === 0 && oldRoot.equals(root)
  const path_ = [...proof]
  if ((old & (old - 1)) === 0) path_.unshift(oldRoot)
  let fn = old - 1
  let sn = size - 1
  while (fn & 1) [fn, sn] = [fn >> 1, sn >> 1]
  let [fr, sr] = [path_[0], path_[0]]
  for (const c of path_.slice(1)) {
    if (sn === 0) return false
    if ((fn & 1) || fn === sn) {
      fr = node(c, fr)
      sr = node(c, sr)
      while (fn !== 0 && !(fn & 1)) [fn, sn] = [fn >> 1, sn >> 1]
    } else {
      sr = node(sr, c)
    }
    fn >>= 1
    sn >>= 1
  }
  return fr.equals(oldRoot) && sr.equals(root) && sn === 0
}

function headOf(note) {
  const [origin, size, root] = note.split('\n')
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') }
}

// The entries of a bundle: each with its length in two bytes before it.
function entriesOf(bytes) {
  const out = []
  for (let at = 0; at < bytes.length;) {
    const n = bytes.readUInt16BE(at)
    out.push(bytes.subarray(at + 2, at + 2 + n))
    at += 2 + n
  }
  return out
}

const partial = (n) => (n === 256 ? '' : `.p/${n}`)

test('the public log', async (t) => {
  const city = await City.start()
  t.after(() => city.stop())
  const file = (title) => city.file('complaint', { title, body: '机密内容', channel: 'web' })
  const first = await file('第一件')
  const before = headOf((await city.get('/log/checkpoint')).text)
  await Promise.all(Array.from({ length: 300 }, (_, i) => file(`第${i + 2}件`)))
  const note = (await city.get('/log/checkpoint')).text
  const head = headOf(note)
  assert.equal(head.size, before.size + 300)

  await t.test('tiles and bundles hash to the signed root', async () => {
    const leaves = []
    for (let n = 0; n * 256 < head.size; n++) {
      const width = Math.min(256, head.size - n * 256)
      const name = `00${n}${partial(width)}`
      const bundle = await city.get(`/log/tile/entries/${name}`)
      const tile = await city.get(`/log/tile/0/${name}`)
      assert.match(bundle.headers.get('cache-control'), /immutable/)
      const hashes = entriesOf(bundle.bytes).map(leaf)
      assert.equal(hashes.length, width)
      assert.deepEqual(Buffer.concat(hashes), tile.bytes)
      leaves.push(...hashes)
    }
    assert.deepEqual(rootOf(leaves), head.root)
    const upper = await city.get('/log/tile/1/000.p/1')
    assert.deepEqual(upper.bytes, rootOf(leaves.slice(0, 256)))
  })

  await t.test('nothing private stands in it', async () => {
    const text = (await city.get('/log/tile/entries/000')).text
    assert.ok(text.includes(first.json.code))
    assert.ok(!text.includes('机密内容') && !text.includes('第一件') && !text.includes(first.json.secret))
  })

  await t.test('it only grew', async () => {
    const answer = (await city.get(`/api/v1/log/consistency?old=${before.size}`)).json
    const proof = answer.proof.map((h) => Buffer.from(h, 'base64'))
    const now = headOf(answer.checkpoint)
    assert.equal(answer.size, now.size)
    assert.deepEqual(Buffer.from(answer.root, 'base64'), now.root)
    assert.ok(consistent(before.size, now.size, proof, before.root, now.root))
    const other = Buffer.from(before.root)
    other[0] ^= 1
    assert.ok(!consistent(before.size, now.size, proof, other, now.root))
  })

  await t.test('a receipt verifies offline, a changed one does not', async () => {
    const answer = await city.get(first.json.receipt)
    assert.equal(answer.headers.get('content-disposition'), `attachment; filename="${first.json.code}.tlog-proof"`)
    const receipt = path.join(city.dir, 'receipt.tlog-proof')
    const key = path.join(city.dir, 'log.vkey')
    const kept = path.join(city.dir, 'checkpoint')
    writeFileSync(receipt, answer.bytes)
    writeFileSync(key, (await city.get('/log/vkey')).bytes)
    writeFileSync(kept, note)
    // A folder that is no city: nothing but the three files is needed.
    const verify = (...more) => run(['verify', '--receipt', receipt, '--key', key, '--data', '/nonexistent', '--json', ...more])
    const good = verify('--checkpoint', kept)
    assert.equal(good.status, 0, good.stderr)
    assert.equal(JSON.parse(good.stdout).subject, `matter/${first.json.code}`)
    assert.equal(JSON.parse(good.stdout).move, 'file')
    const lines = answer.text.split('\n')
    const changed = Buffer.from(lines[1].slice('extra '.length), 'base64').toString().replace('"file"', '"fake"')
    lines[1] = `extra ${Buffer.from(changed).toString('base64')}`
    writeFileSync(receipt, lines.join('\n'))
    assert.equal(verify().status, 6)
  })

  await t.test('the whole store verifies against a checkpoint kept elsewhere', () => {
    const kept = path.join(city.dir, 'kept')
    writeFileSync(kept, note)
    const verdict = run(['verify', '--quiet', ...city.place, '--checkpoint', kept])
    assert.equal(verdict.status, 0, verdict.stderr)
  })
})
