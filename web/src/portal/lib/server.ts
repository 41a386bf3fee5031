// Public doors of the server: a proof of work is made when it is asked for, and what went wrong gets words.
import { Problem } from '@/shared/api'

function prove(challenge: string): Promise<string> {
  return new Promise((done, fail) => {
    const worker = new Worker(new URL('./pow.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = (e: MessageEvent<string>) => {
      worker.terminate()
      done(e.data)
    }
    worker.onerror = () => {
      worker.terminate()
      // Old browsers have no module workers.
      import('./pow').then(({ solve }) => done(solve(challenge)), fail)
    }
    worker.postMessage(challenge)
  })
}

/** No answer came at all: no network, or the server is away. Nothing is known about what was sent. */
export class Offline extends Error {}

/** Runs an exchange; when a proof is demanded, makes it and tries once more with the header it gives. */
export async function withProof<T>(run: (headers: Record<string, string>) => Promise<T>): Promise<T> {
  try {
    return await run({})
  } catch (e) {
    if (e instanceof Problem && e.code === 'need_proof' && typeof e.extra.challenge === 'string')
      return offlineToo(() => prove(e.extra.challenge as string).then((proof) => run({ 'x-proof-of-work': proof })))
    throw asOffline(e)
  }
}

async function offlineToo<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (e) {
    throw asOffline(e)
  }
}

const asOffline = (e: unknown) => (e instanceof TypeError ? new Offline() : e)

export async function bytesTo<T>(path: string, body: Blob, headers: Record<string, string>): Promise<T> {
  const answer = await fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/octet-stream', ...headers } })
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>
  if (!answer.ok)
    throw new Problem(answer.status, String(said.code ?? 'internal'), String(said.field ?? ''), String(said.detail ?? ''), undefined, said)
  return said as T
}

/** The key of a message for what went wrong; codes without words of their own share one. */
export function wrong(e: unknown): string {
  if (e instanceof Offline || e instanceof TypeError) return 'wrong.offline'
  if (!(e instanceof Problem)) return 'wrong.page'
  const known = ['not_found', 'too_many', 'need_proof', 'store_busy', 'too_slow', 'unknown_fate', 'not_now', 'no_rule', 'too_large', 'bad_field', 'expired', 'forbidden', 'bad_input']
  if (known.includes(e.code)) return `wrong.${e.code}`
  return e.status >= 500 ? 'wrong.server' : 'wrong.other'
}
