// Keeps a custodian's key while a page needs it; it is gone with the worker.
import { consent, newKey, open, openKey, ready, SealFault, unseal, type Key } from './seal'
import type { Asked } from './keeper'

let key: Key | undefined
function answer(q: Asked): unknown {
  if (q.do === 'new') return newKey(q.passphrase)
  if (q.do === 'unseal') return unseal(q.sealed, q.key)
  if (q.do === 'unlock') {
    key = openKey(q.file, q.passphrase)
    return key.line
  }
  if (!key) throw new SealFault('key_file')
  return q.do === 'consent' ? consent(key, q.packet) : open(key, q.packet)
}
self.onmessage = async (e: MessageEvent<Asked>) => {
  try {
    await ready()
    self.postMessage({ good: answer(e.data) })
  } catch (fault) {
    self.postMessage({ fault: fault instanceof SealFault ? fault.what : 'browser' })
  }
}
