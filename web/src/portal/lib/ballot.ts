// A rater's ballot on its way: kept in this tab until the server has it, so that a bad connection costs nothing
// and the same is sent again under the same number.
export interface Ballot {
  code: string
  nonce: string
  ratings: Record<string, (string | null)[]>
}

const KEY = 'huiyin.ballot'

/** A number that nobody else knows; the server keeps only a hash over it, the code and the answers. */
export function freshNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18))
  return btoa(String.fromCharCode(...bytes)).replace(/[+/]/g, '-')
}

/** ABCDEFGHJKLMNPQR as it stands on the slip: in fours. */
export const spelt = (code: string) =>
  (code.toUpperCase().replace(/[^0-9A-Z]/g, '').match(/.{1,4}/g) ?? []).join('-').slice(0, 19)

export function keepBallot(ballot: Ballot | null) {
  try {
    if (ballot) sessionStorage.setItem(KEY, JSON.stringify(ballot))
    else sessionStorage.removeItem(KEY)
  } catch {
    /* for this page only */
  }
}

export function readBallot(): Ballot | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Partial<Ballot> | null
    return kept && typeof kept.code === 'string' && typeof kept.nonce === 'string' && kept.ratings ? (kept as Ballot) : null
  } catch {
    return null
  }
}

/** What is sent: units with no answer at all are left out. */
export function filled(ratings: Ballot['ratings']): Ballot['ratings'] {
  return Object.fromEntries(Object.entries(ratings).filter(([, answers]) => answers.some((a) => a !== null)))
}
