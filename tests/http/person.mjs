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
    const set = answer.headers.get('set-cookie')
    if (set) {
      assert.match(set, /HttpOnly/)
      assert.match(set, /SameSite=Strict/)
      this.cookie = /=;|Max-Age=0/.test(set) ? undefined : set.split(';')[0]
    }
    if (answer.json?.csrf) this.csrf = answer.json.csrf
    return answer
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
