import { beforeAll, describe, expect, it } from 'vitest'
import sodium from 'libsodium-wrappers-sumo'
import { spoken } from './keeper'
import { consent, newKey, open, openKey, ready, SealFault, unseal } from './seal'

// The form of the program itself is held by tests/web/custodians.test.mjs, with its own keys and boxes.
const cheap = { ops: 1, mem: 8192 }
const phrase = '保管人的一句十二字口令在此'
const b64 = (b: Uint8Array) => sodium.to_base64(b, sodium.base64_variants.ORIGINAL)
const fault = (run: () => unknown) => {
  try {
    run()
  } catch (e) {
    return e instanceof SealFault ? e.what : String(e)
  }
  return 'none'
}
const sealed = (plain: Uint8Array, context: string, key: Uint8Array) => {
  const nonce = sodium.randombytes_buf(24)
  return new Uint8Array([...nonce, ...sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, context, null, nonce, key)])
}

beforeAll(() => ready())

describe('a key', () => {
  it('opens with its passphrase alone', () => {
    const { file, line } = newKey(phrase, cheap)
    expect(openKey(file, phrase).line).toBe(line)
    expect(fault(() => openKey(file, phrase + '!'))).toBe('passphrase')
    expect(fault(() => openKey('{}', phrase))).toBe('key_file')
    expect(fault(() => openKey('not JSON', phrase))).toBe('key_file')
    expect(file).not.toContain(b64(openKey(file, phrase).secret))
  })
  it('is not that of another', () => {
    const mine = JSON.parse(newKey(phrase, cheap).file), other = JSON.parse(newKey(phrase, cheap).file)
    expect(fault(() => openKey(JSON.stringify({ ...mine, public: other.public }), phrase))).toBe('key_file')
  })
  it('has a passphrase of twelve characters, and costs no more memory than there is', () => {
    expect(fault(() => newKey('一二三四五六七八九十一', cheap))).toBe('weak')
    expect(fault(() => openKey(JSON.stringify({ ...JSON.parse(newKey(phrase, cheap).file), mem: 2 ** 40 }), phrase))).toBe('key_file')
  })
  it('is compared in groups of four', () => {
    expect(spoken('huiyin-custodian-1 ' + '0123456789abcdef'.repeat(4))).toBe('0123 4567 89ab cdef 0123 4567 89ab cdef')
  })
})

describe('two custodians', () => {
  it('open together what neither opens alone', () => {
    const [a, b] = [newKey(phrase, cheap), newKey(phrase, cheap)].map((k) => openKey(k.file, phrase)) as [ReturnType<typeof openKey>, ReturnType<typeof openKey>]
    const key = sodium.randombytes_buf(32), halfA = sodium.randombytes_buf(32), halfB = key.map((x, i) => x ^ halfA[i]!)
    const context = 'identity matter/TS-2026-000001'
    const box = b64(sealed(sodium.pad(sodium.from_string('{"contact":"139","name":"欧阳"}'), 2048), context, key))
    const toA = b64(sodium.crypto_box_seal(halfA, a.pub)), toB = b64(sodium.crypto_box_seal(halfB, b.pub))
    const handed = consent(a, { half: toA, to: [{ custodian: 2, key: b.line }] }).halves
    expect(handed.map((h) => h.custodian)).toEqual([2])
    const packet = { context, half: toB, handed: handed[0]!.box, sealed: box }
    expect(open(b, packet)).toEqual({ name: '欧阳', contact: '139' })
    expect(fault(() => open(a, packet))).toBe('not_yours')
    expect(fault(() => open(b, { ...packet, context: 'identity matter/TS-2026-000002' }))).toBe('damaged')
    expect(fault(() => open(b, { ...packet, handed: toB }))).toBe('damaged')
    expect(fault(() => consent(b, { half: toA, to: [] }))).toBe('not_yours')
  })
})

describe('an original', () => {
  it('comes out of its pieces in their order', () => {
    const key = sodium.randombytes_buf(32), hex = sodium.to_hex(key)
    const piece = (text: string, n: number) => sealed(sodium.from_string(text), `blob ${n}`, key)
    const join = (...all: Uint8Array[]) => new Uint8Array([...sodium.from_string('huiyin-sealed-1 blob\n'), ...all.flatMap((p) => [0, 0, p.length >> 8, p.length & 255, ...p])])
    const [one, two] = [piece('ab', 0), piece('cd', 1)]
    expect(sodium.to_string(unseal(join(one, two), hex))).toBe('abcd')
    expect(fault(() => unseal(join(two, one), hex))).toBe('damaged')
    expect(fault(() => unseal(join(one, two).slice(0, -1), hex))).toBe('damaged')
    expect(fault(() => unseal(sodium.from_string('nothing'), hex))).toBe('damaged')
  })
})
