// A custodian's key at work, aside: stretching a passphrase takes a second or more.
import type { Schemas } from '@/shared/api'
import type { consent, newKey, open } from './seal'

export type Asked =
  | { do: 'new'; passphrase: string }
  | { do: 'unlock'; file: string; passphrase: string }
  | { do: 'consent'; packet: Schemas['ConsentPacket'] }
  | { do: 'open'; packet: Schemas['OpenPacket'] }
  | { do: 'unseal'; sealed: Uint8Array; key: string }

/** `what` is a fault of seal.ts, or "browser" where this one cannot do it at all. */
export class KeeperFault extends Error {
  constructor(readonly what: string) {
    super(what)
  }
}

export function makeKeeper() {
  const worker = new Worker(new URL('./seal.worker.ts', import.meta.url), { type: 'module' })
  const ask = <T>(q: Asked) =>
    new Promise<T>((done, fail) => {
      worker.onmessage = (e: MessageEvent<{ good?: T; fault?: string }>) => (e.data.fault ? fail(new KeeperFault(e.data.fault)) : done(e.data.good as T))
      worker.onerror = () => fail(new KeeperFault('browser'))
      worker.postMessage(q)
    })
  return {
    make: (passphrase: string) => ask<ReturnType<typeof newKey>>({ do: 'new', passphrase }),
    /** The public line of the key. */
    unlock: (file: string, passphrase: string) => ask<string>({ do: 'unlock', file, passphrase }),
    consent: (packet: Schemas['ConsentPacket']) => ask<ReturnType<typeof consent>>({ do: 'consent', packet }),
    open: (packet: Schemas['OpenPacket']) => ask<ReturnType<typeof open>>({ do: 'open', packet }),
    unseal: (sealed: Uint8Array, key: string) => ask<Uint8Array>({ do: 'unseal', sealed, key }),
    /** Forgets the key. */
    close: () => worker.terminate(),
  }
}

/** A public key as people compare it, in groups of four: 128 bits, which nobody finds another key for. */
export const spoken = (line: string) => (line.split(' ')[1] ?? '').slice(0, 32).replace(/(.{4})(?=.)/g, '$1 ')
