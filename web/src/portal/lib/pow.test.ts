import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { leadingZeros, sha256, solve } from './pow'

const node = (text: string) => createHash('sha256').update(text).digest()

describe('proof of work', () => {
  it('hashes as everybody does, at each length around a block', () => {
    for (let n = 0; n < 200; n++) {
      const text = 'x'.repeat(n) + n
      expect(Buffer.from(sha256(text)).toString('hex')).toBe(node(text).toString('hex'))
    }
  })
  it('counts zero bits', () => {
    expect(leadingZeros(new Uint8Array([0, 0x10, 0xff]))).toBe(11)
    expect(leadingZeros(new Uint8Array([0x80]))).toBe(0)
    expect(leadingZeros(new Uint8Array([0, 0]))).toBe(16)
  })
  it('finds a proof that holds, and refuses what is no challenge', () => {
    const proof = solve('1.12.99.ab.cd')
    expect(proof.startsWith('1.12.99.ab.cd.')).toBe(true)
    expect(leadingZeros(node(proof))).toBeGreaterThanOrEqual(12)
    expect(() => solve('nonsense')).toThrow()
  })
})
