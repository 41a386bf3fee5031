// Logging in with an OpenID provider: the browser goes there and comes back to /oidc with a code.
import { api, data } from '@/shared/api'
import { readKept, writeKept } from './kept'

/** What the provider sent the browser back with. */
export const came = { code: '', state: '', error: '' }

/** Takes it out of the address, which stands in the history of the browser. */
export function takeCame() {
  if (location.pathname !== '/oidc') return
  const said = new URLSearchParams(location.search)
  for (const key of ['code', 'state', 'error'] as const) came[key] = said.get(key) ?? ''
  history.replaceState(null, '', '/work/#/oidc')
}

export const provider = () => data(api.GET('/api/v1/oidc'))

/** Leaves this page; TO is where to go on afterwards. */
export async function goThere(to: string, bind = false) {
  const { url } = await data(api.POST('/api/v1/session/oidc', { body: { bind } }))
  writeKept('oidc-to', to, sessionStorage)
  location.assign(url)
}

export function goOn(): string {
  const to = readKept('oidc-to', '/', sessionStorage)
  writeKept('oidc-to', undefined, sessionStorage)
  return to
}
