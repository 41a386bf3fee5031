// The server asks whoever knocks too often for a proof of work instead of a riddle: a number such that
// SHA-256 over challenge, dot and number begins with so many zero bits.

export function leadingZeros(hash: Uint8Array): number {
  let n = 0
  for (const b of hash) {
    if (b) return n + Math.clz32(b) - 24
    n += 8
  }
  return n
}

const K = new Uint32Array(64)
const H0 = new Uint32Array(8)
{
  // The constants are the fractional parts of roots of the first primes.
  let n = 0
  for (let p = 2; n < 64; p++) {
    let prime = true
    for (let d = 2; d * d <= p; d++) if (p % d === 0) prime = false
    if (!prime) continue
    if (n < 8) H0[n] = (Math.sqrt(p) % 1) * 2 ** 32
    K[n++] = (Math.cbrt(p) % 1) * 2 ** 32
  }
}

const rotate = (x: number, n: number) => (x >>> n) | (x << (32 - n))

/** SHA-256 of a short ASCII text. WebCrypto is asynchronous for each hash and only there over TLS. */
export function sha256(text: string): Uint8Array {
  const blocks = (text.length + 9 + 63) >> 6
  const bytes = new Uint8Array(blocks * 64)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  bytes[text.length] = 0x80
  new DataView(bytes.buffer).setUint32(bytes.length - 4, text.length * 8)
  const h = new Uint32Array(H0)
  const w = new Uint32Array(64)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < bytes.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + i * 4)
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15]!, b = w[i - 2]!
      w[i] = w[i - 16]! + (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) + w[i - 7]! + (rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10))
    }
    let [a, b, c, d, e, f, g, k] = h as unknown as [number, number, number, number, number, number, number, number]
    for (let i = 0; i < 64; i++) {
      const t1 = (k + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0
      const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      k = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0
    }
    h[0]! += a; h[1]! += b; h[2]! += c; h[3]! += d; h[4]! += e; h[5]! += f; h[6]! += g; h[7]! += k
  }
  const out = new Uint8Array(32)
  for (let i = 0; i < 8; i++) new DataView(out.buffer).setUint32(i * 4, h[i]!)
  return out
}

/** The proof for a challenge "1.BITS.EXPIRES.NONCE.MAC". */
export function solve(challenge: string): string {
  const bits = Number(challenge.split('.')[1])
  if (!(bits >= 0 && bits <= 32)) throw new Error('no challenge')
  for (let n = 0; ; n++) {
    const proof = `${challenge}.${n}`
    if (leadingZeros(sha256(proof)) >= bits) return proof
  }
}
