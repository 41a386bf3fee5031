// What a custodian does with their own key (src/people/seal.h).  It happens in this browser: neither the
// key nor its passphrase, nor what was opened, goes to the server.
import sodium from 'libsodium-wrappers-sumo'

export type Key = { line: string; pub: Uint8Array; secret: Uint8Array }
export type Half = { custodian: number; box: string }
type Fault = 'key_file' | 'passphrase' | 'not_yours' | 'damaged' | 'weak' | 'memory'
/** What went wrong: `what` names the message. */
export class SealFault extends Error {
  constructor(readonly what: Fault) {
    super(what)
    this.name = 'SealFault'
  }
}

const PADDED = 2048, NONCE = 24, LINE = 'huiyin-custodian-1 ', FILE_CONTEXT = 'huiyin custodian key 1', ORIGINAL = 'huiyin-sealed-1 '
const COST = { ops: 3, mem: 256 << 20 }, MOST = { ops: 20, mem: 1 << 30 }
export const PASSPHRASE_LEAST = 12

/** Runs it, and says FAULT whatever it throws. */
function or<T>(fault: Fault, run: () => T): T {
  try {
    return run()
  } catch (e) {
    throw e instanceof SealFault ? e : new SealFault(fault)
  }
}
const base64 = (b: Uint8Array) => sodium.to_base64(b, sodium.base64_variants.ORIGINAL)
const bytes = (s: unknown) => sodium.from_base64(String(s), sodium.base64_variants.ORIGINAL)

const stretch = (passphrase: string, salt: Uint8Array, ops: number, mem: number) =>
  or('memory', () => sodium.crypto_pwhash(32, sodium.from_string(passphrase), salt, ops, mem, sodium.crypto_pwhash_ALG_ARGON2ID13))

function close(plain: Uint8Array, context: string, key: Uint8Array): Uint8Array {
  const nonce = sodium.randombytes_buf(NONCE), text = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, context, null, nonce, key)
  const out = new Uint8Array(NONCE + text.length)
  out.set(nonce)
  out.set(text, NONCE)
  return out
}
const unclose = (box: Uint8Array, context: string, key: Uint8Array) =>
  sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, box.subarray(NONCE), context, box.subarray(0, NONCE), key)

export const ready = () => sodium.ready

/** A new key: its file, to be kept by its owner, and the line that goes to the city. */
export function newKey(passphrase: string, cost = COST): { file: string; line: string } {
  if ([...passphrase].length < PASSPHRASE_LEAST) throw new SealFault('weak')
  const salt = sodium.randombytes_buf(sodium.crypto_pwhash_SALTBYTES), by = stretch(passphrase, salt, cost.ops, cost.mem)
  const pair = sodium.crypto_box_keypair(), pub = sodium.to_hex(pair.publicKey)
  const file = { box: base64(close(pair.privateKey, FILE_CONTEXT, by)), huiyin_custodian_key: 1, mem: cost.mem, ops: cost.ops, public: pub, salt: base64(salt) }
  return { file: JSON.stringify(file) + '\n', line: LINE + pub }
}

export function openKey(file: string, passphrase: string): Key {
  const f = or('key_file', () => JSON.parse(file) as Record<string, unknown>)
  const cost = { ops: Number(f.ops), mem: Number(f.mem) }
  if (f.huiyin_custodian_key !== 1 || !(cost.ops >= 1 && cost.ops <= MOST.ops && cost.mem >= 8192 && cost.mem <= MOST.mem)) throw new SealFault('key_file')
  const [pub, salt, box] = or('key_file', () => [sodium.from_hex(String(f.public)), bytes(f.salt), bytes(f.box)] as const)
  const by = stretch(passphrase, salt, cost.ops, cost.mem)
  const secret = or('passphrase', () => unclose(box, FILE_CONTEXT, by))
  if (sodium.to_hex(sodium.crypto_scalarmult_base(secret)) !== sodium.to_hex(pub)) throw new SealFault('key_file')
  return { line: LINE + sodium.to_hex(pub), pub, secret }
}

const half = (k: Key, box: unknown) => or('not_yours', () => sodium.crypto_box_seal_open(bytes(box), k.pub, k.secret))

type ConsentPacket = { half: string; to: { custodian: number; key: string }[] }
/** One's own half, sealed to each custodian of the other group. */
export function consent(k: Key, packet: ConsentPacket): { halves: Half[] } {
  const own = half(k, packet.half)
  return {
    halves: packet.to.map((x) => {
      const pub = or('damaged', () => sodium.from_hex(x.key.slice(LINE.length)))
      return { custodian: x.custodian, box: base64(sodium.crypto_box_seal(own, pub)) }
    }),
  }
}

type OpenPacket = { context: string; half: string; handed: string; sealed: string }
/** What was sealed: name and contact, or the key of a file's original. */
export function open(k: Key, packet: OpenPacket): { name?: string; contact?: string; key?: string } {
  const own = half(k, packet.half), given = half(k, packet.handed)
  const key = own.map((b, i) => b ^ given[i]!)
  const text = or('damaged', () => sodium.unpad(unclose(bytes(packet.sealed), packet.context, key), PADDED))
  return or('damaged', () => JSON.parse(sodium.to_string(text)) as ReturnType<typeof open>)
}

/** The original of a file out of its sealed pieces, with the key that was opened. */
export function unseal(sealed: Uint8Array, keyHex: string): Uint8Array {
  return or('damaged', () => {
    const key = sodium.from_hex(keyHex), end = sealed.indexOf(10), head = sodium.to_string(sealed.subarray(0, end))
    if (end < 0 || !head.startsWith(ORIGINAL)) throw new SealFault('damaged')
    const view = new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength), parts: Uint8Array[] = []
    let at = end + 1
    for (let n = 0; at < sealed.length; n++) {
      const size = view.getUint32(at)
      if (at + 4 + size > sealed.length) throw new SealFault('damaged')
      parts.push(unclose(sealed.subarray(at + 4, at + 4 + size), `${head.slice(ORIGINAL.length)} ${n}`, key))
      at += 4 + size
    }
    const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
    parts.reduce((to, p) => (out.set(p, to), to + p.length), 0)
    return out
  })
}
