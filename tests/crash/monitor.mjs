// A client of the public log that trusts nothing: it keeps every leaf's hash it has seen, checks
// signatures and proofs by itself, and compares each checkpoint with the tree of its own.
import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'

const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const leafHash = (bytes) => sha256(Buffer.of(0), bytes)
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right)

// RFC 6962, 2.1: the left subtree is the largest power of two below the size.
class Tree {
  constructor() { this.size = 0; this.edge = [] } // complete subtrees, largest first
  add(leaf) {
    this.edge.push(leaf)
    for (let n = ++this.size; n % 2 === 0; n /= 2) {
      const right = this.edge.pop()
      this.edge.push(nodeHash(this.edge.pop(), right))
    }
  }
  root() { return this.edge.reduceRight((right, left) => nodeHash(left, right)) }
}

// RFC 9162, 2.1.4.2.
export function consistent(first, firstRoot, second, secondRoot, proof) {
  if (first === second) return proof.length === 0 && firstRoot.equals(secondRoot)
  const path = [...proof]
  if (Number.isInteger(Math.log2(first))) path.unshift(firstRoot)
  let fn = first - 1
  let sn = second - 1
  while (fn % 2 === 1) { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2) }
  if (path.length === 0) return false
  let fr = path[0]
  let sr = path[0]
  for (const c of path.slice(1)) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(c, fr)
      sr = nodeHash(c, sr)
      while (fn % 2 === 0 && fn !== 0) { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2) }
    } else {
      sr = nodeHash(sr, c)
    }
    fn = Math.floor(fn / 2)
    sn = Math.floor(sn / 2)
  }
  return sn === 0 && fr.equals(firstRoot) && sr.equals(secondRoot)
}

function tilePath(n) {
  const parts = [String(n % 1000).padStart(3, '0')]
  for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) parts.unshift(`x${String(n % 1000).padStart(3, '0')}`)
  return parts.join('/')
}

export class Monitor {
  constructor(vkey) {
    const plus = vkey.trim().split('+')
    this.name = plus[0]
    const raw = Buffer.from(plus.slice(2).join('+'), 'base64')
    assert.equal(raw.length, 33)
    assert.equal(raw[0], 1, 'an Ed25519 key')
    this.key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: raw.subarray(1).toString('base64url') } })
    this.tree = new Tree()
    this.last = null // the greatest checkpoint seen
    this.events = new Map() // "subject#seq" -> move
    this.moves = 0 // events of matters
  }

  // A checkpoint as text; refuses one that is not signed.
  read(note) {
    const end = note.indexOf('\n\n') + 1
    const [origin, size, hash] = note.slice(0, end).split('\n')
    const signature = Buffer.from(note.slice(end + 1).trim().split(' ')[2], 'base64').subarray(4)
    assert.equal(origin, this.name)
    assert.ok(verify(null, Buffer.from(note.slice(0, end)), this.key, signature), 'the checkpoint is signed')
    return { size: Number(size), root: Buffer.from(hash, 'base64'), note }
  }

  // Seen on the way, by a client that does nothing more than keep it.
  saw(note) {
    const seen = this.read(note)
    if (!this.last || seen.size > this.last.size) this.last = seen
    else if (seen.size === this.last.size) assert.ok(seen.root.equals(this.last.root), 'one size, one root')
  }

  async take(client, from, size) {
    for (let at = from; at < size;) {
      const tile = Math.floor(at / 256)
      const width = Math.min(256, size - tile * 256)
      const { status, bytes } = await client.get(`/log/tile/entries/${tilePath(tile)}${width < 256 ? `.p/${width}` : ''}`)
      assert.equal(status, 200)
      let offset = 0
      for (let i = tile * 256; i < tile * 256 + width; i++) {
        const n = bytes.readUInt16BE(offset)
        const body = bytes.subarray(offset + 2, offset + 2 + n)
        offset += 2 + n
        if (i < at) continue
        this.tree.add(leafHash(body))
        const event = JSON.parse(body)
        const name = `${event.subject}#${event.seq}`
        assert.ok(!this.events.has(name), `${name} is in the log once`)
        this.events.set(name, event.move)
        if (event.subject.startsWith('matter/')) this.moves++
      }
      at = tile * 256 + width
    }
  }

  // After a start: the present head extends the last one seen, by the server's proof and by the
  // leaves themselves.
  async follow(client) {
    const old = this.last
    if (old) {
      const { status, text } = await client.get(`/api/v1/log/consistency?old=${old.size}`)
      assert.equal(status, 200, `a checkpoint of ${old.size} was seen, and now: ${text}`)
      const answer = JSON.parse(text)
      const head = this.read(answer.checkpoint)
      assert.ok(consistent(old.size, old.root, head.size, head.root, answer.proof.map((h) => Buffer.from(h, 'base64'))),
        `the head of ${head.size} extends that of ${old.size}`)
      this.last = head
    } else {
      this.saw((await client.get('/log/checkpoint')).text)
    }
    await this.take(client, this.tree.size, this.last.size)
    assert.equal(this.tree.size, this.last.size)
    assert.ok(this.tree.root().equals(this.last.root), 'the leaves give the signed root')
  }
}
