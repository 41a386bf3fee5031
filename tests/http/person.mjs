// Somebody at a browser, for tests: logs in as people do, with the digits of a second factor.
import assert from 'node:assert/strict'
import { digits } from '../logins.mjs'

export const PASSWORD = 'lan se de hu die zai shan shang'

// A browser: cookie and token against forgery.
export class Person {
  constructor(city) { Object.assign(this, { city, cookie: undefined, csrf: '' }) }
  async ask(method, address, body) {
    const headers = { ...(this.cookie && { cookie: this.cookie }), ...(this.csrf && method !== 'GET' && { 'x-csrf-token': this.csrf }) }
    const answer = await this.city.ask(method, `/api/v1${address}`, { body, headers, token: null })
    for (const set of answer.headers.getSetCookie()) {
      assert.match(set, /HttpOnly/)
      assert.match(set, /SameSite=Strict/)
      this.keep(set.split(';')[0], /=;|Max-Age=0/.test(set))
    }
    if (answer.json?.csrf) this.csrf = answer.json.csrf
    return answer
  }
  // Cookies by their names, as browsers keep them.
  keep(pair, gone) {
    const others = (this.cookie?.split('; ') ?? []).filter((kept) => kept.split('=')[0] !== pair.split('=')[0])
    this.cookie = [...others, ...(gone ? [] : [pair])].join('; ') || undefined
  }
  // Comes in by a one-time link, sets up a second factor when the role demands it.
  async enter(login, link, password = PASSWORD) {
    assert.equal((await this.ask('POST', '/welcome', { link, password })).status, 204)
    const { state } = (await this.login(login, password)).json
    if (state === 'enrol') await this.enrol()
    return this
  }
  async enrol() {
    this.secret = (await this.ask('POST', '/session/factor')).json.secret
    const confirmed = await this.ask('POST', '/session/factor/code', { code: digits(this.secret, Date.now()) })
    assert.equal(confirmed.status, 200, confirmed.text)
    this.codes = confirmed.json.recovery_codes
  }
  login(login, password = PASSWORD) { return this.ask('POST', '/session', { login, password }) }
}
