// A real OpenID provider for tests: glewlwyd of Debian in a folder of its own, on a free port of this machine.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

const PASSWORD = 'correct horse battery'

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

export class Provider {
  static async start() {
    const p = new Provider()
    const port = await freePort()
    p.dir = mkdtempSync(path.join(tmpdir(), 'huiyin-glewlwyd-'))
    p.url = `http://localhost:${port}`
    const db = path.join(p.dir, 'db')
    execFileSync('sqlite3', [db], { input: readFileSync('/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3') })
    const file = path.join(p.dir, 'glewlwyd.conf')
    const lines = readFileSync('/etc/glewlwyd/glewlwyd.conf', 'utf8').split('\n').map((line) => line
      .replace(/^port=.*/, `port=${port}\nbind_address="127.0.0.1"`)
      .replace(/^external_url=.*/, `external_url="${p.url}"`)
      .replace(/^log_mode=.*/, 'log_mode="console"').replace(/^log_level=.*/, 'log_level="WARNING"')
      .replace(/^@include ".*-db\.conf"/, `database = { type = "sqlite3"; path = "${db}"; };`))
    writeFileSync(file, lines.join('\n'))
    p.process = spawn('glewlwyd', [`--config-file=${file}`], { stdio: ['ignore', 'pipe', 'pipe'] })
    p.log = ''
    for (const out of [p.process.stdout, p.process.stderr]) out.on('data', (text) => { p.log += text })
    p.ended = new Promise((done) => p.process.on('exit', done))
    for (let i = 0; ; i++) {
      if (await fetch(`${p.url}/config`).then((answer) => answer.ok, () => false)) break
      if (i > 100 || p.process.exitCode !== null) throw new Error(`glewlwyd did not start: ${p.log}`)
      await new Promise((done) => setTimeout(done, 100))
    }
    p.admin = await p.session('admin', 'password')
    return p
  }

  async stop() {
    this.process.kill('SIGTERM')
    await this.ended
    rmSync(this.dir, { recursive: true })
  }

  async send(method, address, body, cookie) {
    const answer = await fetch(this.url + address, { method, redirect: 'manual', body: body && JSON.stringify(body),
      headers: { ...(cookie && { cookie }), ...(body && { 'content-type': 'application/json' }) } })
    if (answer.status >= 400) assert.fail(`glewlwyd: ${method} ${address}: ${answer.status} ${await answer.text()} ${this.log}`)
    return answer
  }

  async session(username, password) {
    const answer = await this.send('POST', '/api/auth/', { username, password })
    return answer.headers.get('set-cookie').split(';')[0]
  }

  // An issuer that signs with TYPE, 'rsa' or 'ecdsa'.
  async issuer(name, type) {
    const { privateKey, publicKey } = type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const iss = `${this.url}/api/${name}`
    await this.send('POST', '/api/mod/plugin/', { module: 'oidc', name, display_name: name, order_rank: 0, parameters: {
      iss, 'jwt-type': type, 'jwt-key-size': '256', key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: publicKey.export({ type: 'spki', format: 'pem' }), 'access-token-duration': 3600, 'refresh-token-duration': 86400,
      'code-duration': 60, 'refresh-token-rolling': false, 'allow-non-oidc': false, 'auth-type-code-enabled': true,
      'auth-type-client-enabled': false, 'auth-type-refresh-enabled': false, 'auth-type-password-enabled': false,
      'auth-type-token-enabled': false, 'auth-type-id-token-enabled': true, 'auth-type-none-enabled': false,
      'pkce-allowed': true, 'pkce-method-plain-allowed': false, 'subject-type': 'public', 'jwks-show': true, scope: [],
    } }, this.admin)
    return iss
  }

  async client(client_id, redirect, secret) {
    await this.send('POST', '/api/client/', { client_id, name: client_id, enabled: true, confidential: Boolean(secret),
      ...(secret && { client_secret: secret }), redirect_uri: [redirect], authorization_type: ['code'], scope: [],
      token_endpoint_auth_method: [secret ? 'client_secret_basic' : 'none'] }, this.admin)
  }

  async user(username) {
    await this.send('POST', '/api/user/', { username, name: username, password: PASSWORD, enabled: true, scope: ['openid'] }, this.admin)
  }

  // What a person's browser does: goes to ADDRESS, logs in there, agrees, and is sent back; to where.
  async visit(address, username) {
    const cookie = await this.session(username, PASSWORD)
    const asked = new URL(address)
    await this.send('PUT', `/api/auth/grant/${asked.searchParams.get('client_id')}`, { scope: 'openid' }, cookie)
    const answer = await fetch(`${address}&g_continue`, { headers: { cookie }, redirect: 'manual' }) // its login page adds that
    assert.equal(answer.status, 302, await answer.text())
    return new URL(answer.headers.get('location'))
  }
}
