// An encrypted connection whose server is verified, and a password out of a file: --store takes both as libpq does.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { database, filing, ran, run, Site } from '../crash/site.mjs'
import { logins } from '../logins.mjs'

const freePort = () => new Promise((done) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => done(port))
  })
})

test('verify-full and a password file', { timeout: 60000 }, async (t) => {
  const folder = process.env.HY_TEST_POSTGRES
  const dir = mkdtempSync(path.join(tmpdir(), 'huiyin-tls-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const file = (name) => path.join(dir, name)
  const openssl = (...args) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
  for (const ca of ['ca', 'other']) {
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${ca}`, '-keyout', `${ca}.key`, '-out', `${ca}.pem`)
  }
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr')
  writeFileSync(file('san'), 'subjectAltName=DNS:localhost\n')
  openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'san', '-out', 'server.pem')

  const port = await freePort()
  const data = path.join(folder, 'data')
  const owner = statSync(data)
  for (const name of ['server.pem', 'server.key']) {
    writeFileSync(path.join(data, name), readFileSync(file(name)))
    chmodSync(path.join(data, name), 0o600)
    chownSync(path.join(data, name), owner.uid, owner.gid)
  }
  appendFileSync(path.join(data, 'postgresql.conf'),
    `listen_addresses = '127.0.0.1'\nport = ${port}\nssl = on\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'\n`)
  const local = `postgresql://huiyin@/huiyin?host=${folder}&port=${port}`
  writeFileSync(path.join(data, 'pg_hba.conf'), 'local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n')
  execFileSync(path.join(folder, 'stop'), ['fast'])
  execFileSync(path.join(folder, 'start'), { stdio: 'ignore' })
  execFileSync('psql', [local, '-qc', "ALTER ROLE huiyin PASSWORD 'geheim'"])

  const pass = file('pgpass')
  writeFileSync(pass, `localhost:${port}:huiyin:huiyin:geheim\n`, { mode: 0o600 })
  const address = (more) => `postgresql://huiyin@localhost:${port}/huiyin?options=-csearch_path%3Dtls&${more}`
  const good = address(`sslmode=verify-full&sslrootcert=${file('ca.pem')}`)
  const env = { ...process.env, PGPASSFILE: pass }

  const site = new Site({ env })
  t.after(() => site.remove())
  site.store = ['--store', good]
  ran(['init', ...site.at, '--name', '加密市'], { env })
  site.tokens = logins((words) => ran(words, { env }), site.at)
  await site.start()
  const client = site.client()
  assert.equal((await filing('加密').send(client)).status, 201)
  const plain = execFileSync('psql', [local, '-Atc',
    "SELECT count(*) FROM pg_stat_activity a LEFT JOIN pg_stat_ssl s USING (pid) WHERE a.application_name = 'huiyin' AND s.ssl IS NOT true"])
  assert.equal(String(plain).trim(), '0', 'every connection is encrypted')
  client.close()
  await site.stop()
  assert.ok(!site.log.includes('geheim'))

  // What must be refused, with what is said.
  const wrong = (options, environment) => run(['fsck', '--data', site.data, '--store', address(options), '--quiet'], { env: { ...process.env, ...environment } })
  const other = wrong(`sslmode=verify-full&sslrootcert=${file('other.pem')}`, { PGPASSFILE: pass })
  assert.notEqual(other.status, 0)
  assert.match(other.stderr, /could not reach the database.*certificate verify failed/s)
  const unencrypted = wrong('sslmode=disable', { PGPASSFILE: pass })
  assert.notEqual(unencrypted.status, 0)
  writeFileSync(pass, `localhost:${port}:huiyin:huiyin:falsch\n`, { mode: 0o600 })
  const bad = wrong(`sslmode=verify-full&sslrootcert=${file('ca.pem')}`, { PGPASSFILE: pass })
  assert.notEqual(bad.status, 0)
  assert.match(bad.stderr, /password authentication failed/)
  const named = address(`sslmode=verify-full&sslrootcert=${file('ca.pem')}`).replace('@localhost', '@127.0.0.1')
  writeFileSync(pass, `127.0.0.1:${port}:huiyin:huiyin:geheim\n`, { mode: 0o600 })
  const name = run(['fsck', '--data', site.data, '--store', named, '--quiet'], { env })
  assert.notEqual(name.status, 0)
  assert.match(name.stderr, /does not match host name/)
  for (const done of [other, unencrypted, bad, name]) assert.ok(!done.stderr.includes('geheim'))
})
