// Who is logged in.  When a session ends while somebody works, the page stays as it is and a login
// is laid over it: nothing that was typed is lost.
import { reactive } from 'vue'
import { api, data, onLoggedOut, type Schemas } from '@/shared/api'

export type Session = Schemas['Session']
export type Access = Schemas['Access']

const nobody: Session = {
  state: 'none',
  login: '',
  name: '',
  second_factor: false,
  has_second_factor: false,
  csrf: '',
  ends_at: null,
}

export const me = reactive({
  session: nobody as Session,
  access: null as Access | null,
  expired: false, // it ended while a page was open
})

let csrf = ''

api.use({
  onRequest({ request }) {
    if (request.method !== 'GET' && csrf) request.headers.set('x-csrf-token', csrf)
    return request
  },
})

onLoggedOut.call = () => {
  if (me.session.state !== 'open') return
  me.session = { ...nobody, login: me.session.login, name: me.session.name }
  me.expired = true
}

async function enter(session: Session) {
  const before = me.access ? me.session.login : ''
  csrf = session.csrf
  me.session = session
  if (session.state !== 'open') return
  me.access = await data(api.GET('/api/v1/access'))
  // Another person at the same browser does not go on with what the first had on the screen.
  if (before && before !== session.login) location.reload()
  me.expired = false
}

export async function learn() {
  await enter(await data(api.GET('/api/v1/session')))
}

export async function logIn(login: string, password: string) {
  await enter(await data(api.POST('/api/v1/session', { body: { login, password } })))
}

export async function showFactor(code: string) {
  await enter(await data(api.POST('/api/v1/session/code', { body: { code } })))
}

/** Back from the OpenID provider (oidc.ts). */
export async function comeBack(code: string, state: string) {
  await enter(await data(api.POST('/api/v1/session/oidc/code', { body: { code, state } })))
}

export const beginFactor = () => data(api.POST('/api/v1/session/factor'))

/** The recovery codes; `learn` afterwards, when they were kept. */
export async function confirmFactor(code: string): Promise<string[]> {
  const answer = await data(api.POST('/api/v1/session/factor/code', { body: { code } }))
  csrf = answer.csrf
  return answer.recovery_codes
}

export async function logOut() {
  await api.DELETE('/api/v1/session')
  location.hash = ''
  location.reload()
}

export const may = (permission: string) => Boolean(me.access?.permissions.includes(permission))
