// huiyin doctor on sound and on broken cities: each check finds what it is for, and is silent where all is sound.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { factor } from '../logins.mjs'
import { run } from './city.mjs'
import { Served } from './served.mjs'

const verdicts = ['ok', 'unknown', 'weak', 'bad']
const codes = { ok: 0, unknown: 0, weak: 7, bad: 8 }

function doctor(city, ...args) {
  const { status, stdout, stderr } = run(['doctor', '--data', city.data, '--json', ...args], { under: city.under })
  const found = JSON.parse(stdout)
  found.of = (check) => found.findings.filter((f) => f.check === check)
  // The worst of a check, and what it is about.
  found.worst = (check) => {
    const all = found.of(check)
    assert.ok(all.length, `${check} is not there`)
    return verdicts[Math.max(...all.map((f) => verdicts.indexOf(f.verdict)))]
  }
  assert.equal(found.verdict, verdicts[Math.max(...found.findings.map((f) => verdicts.indexOf(f.verdict)))])
  found.status = status
  found.stderr = stderr
  for (const f of found.findings) {
    for (const text of [f.title, f.means, f.mend].filter(Boolean)) {
      for (const language of ['zh-CN', 'zh-Hant', 'en']) assert.ok(text[language].length > 1, `${f.check} ${language}`)
      assert.notEqual(text['zh-CN'], text.en)
    }
    if (f.verdict === 'bad') assert.ok(f.mend, `${f.check} says what to do`)
  }
  return found
}

function certificate(dir, name, days, ...key) {
  const [cert, secret] = [path.join(dir, `${name}.pem`), path.join(dir, `${name}.key`)]
  execFileSync('openssl', ['req', '-x509', '-nodes', '-keyout', secret, '-out', cert, '-days', `${days}`, '-subj', `/CN=${name}`, ...key], { stdio: 'ignore' })
  chmodSync(secret, 0o600)
  return ['--tls-cert', cert, '--tls-key', secret]
}
const named = ['-addext', 'subjectAltName=DNS:city.example']

test('huiyin doctor', async (t) => {
  const city = new Served()
  t.after(() => city.stop())
  const set = (name, value) => assert.equal(run(['setting', 'set', name, value, '--data', city.data]).status, 0)

  await t.test('a new city: files are sound, people are missing', () => {
    const found = doctor(city)
    for (const check of ['files.keys', 'files.database', 'settings.weak', 'record.checkpoint', 'record.clock', 'store.encoding', 'people.accounts', 'people.tokens', 'serve.certificate', 'serve.listening', 'machine.disk']) {
      assert.equal(found.worst(check), 'ok', `${check}: ${JSON.stringify(found.of(check))}`)
    }
    assert.deepEqual(found.of('people.administrators').map((f) => f.about), ['sysadmin', 'secadmin', 'audadmin'])
    assert.equal(found.worst('people.custodians'), 'bad')
    assert.equal(found.worst('machine.backups'), 'unknown')
    assert.equal(found.status, codes.bad)
    assert.match(found.stderr, /bad/)
  })

  await t.test('for people: the findings in their language, with what to do', () => {
    for (const [language, words] of [['zh-CN', '三员分立'], ['zh-Hant', '三員分立'], ['en', 'the three are not complete']]) {
      const { stdout, status } = run(['doctor', '--data', city.data, '--lang', language])
      assert.equal(status, codes.bad)
      assert.match(stdout, new RegExp(`BAD +people.administrators.*${words}`))
      assert.match(stdout, /->/)
    }
    assert.doesNotMatch(run(['doctor', '--data', city.data]).stdout, /^ok/m)
    assert.match(run(['doctor', '--data', city.data, '--all']).stdout, /^ok +files.keys/m)
  })

  await t.test('files that others can read', () => {
    const key = path.join(city.data, 'keys/log.key')
    const database = path.join(city.data, 'huiyin.db')
    chmodSync(key, 0o640)
    chmodSync(database, 0o644)
    chmodSync(city.data, 0o755)
    const found = doctor(city)
    assert.equal(found.worst('files.keys'), 'bad')
    assert.match(found.of('files.keys')[0].about, /log\.key$/)
    assert.equal(found.worst('files.database'), 'bad')
    assert.equal(found.worst('files.folder'), 'bad')
    chmodSync(city.data, 0o770)
    chmodSync(key, 0o600)
    chmodSync(database, 0o640)
    assert.equal(doctor(city).worst('files.folder'), 'weak')
    chmodSync(city.data, 0o750)
    const mended = doctor(city)
    assert.equal(mended.worst('files.keys'), 'ok')
    assert.equal(mended.worst('files.database'), 'ok')
    renameSync(key, `${key}.away`)
    assert.match(doctor(city).of('files.keys')[0].means.en, /missing/)
    renameSync(`${key}.away`, key)
  })

  await t.test('settings weaker than their default', () => {
    set('session.idle_minutes', '60')
    set('login.lock_minutes', '20') // stronger
    assert.deepEqual(doctor(city).of('settings.weak').map((f) => [f.verdict, f.about]), [['weak', 'session.idle_minutes = 60 (15)']])
    assert.equal(run(['setting', 'reset', 'session.idle_minutes', '--data', city.data]).status, 0)
    assert.equal(doctor(city).worst('settings.weak'), 'ok')
  })

  await t.test('certificates: ended, ending, weak, of another key, in open files', () => {
    const says = (args) => doctor(city, ...args).of('serve.certificate').map((f) => `${f.verdict} ${f.means.en}`).join('; ')
    const good = certificate(city.dir, 'good', 90, '-newkey', 'rsa:2048', ...named)
    assert.equal(says(good), 'weak it is signed by itself: browsers will not trust it')
    assert.match(says(certificate(city.dir, 'soon', 10, '-newkey', 'rsa:2048', ...named)), /weak .*ends soon/)
    set('tls.warn_before', '5d')
    assert.doesNotMatch(says(['--tls-cert', `${city.dir}/soon.pem`, '--tls-key', `${city.dir}/soon.key`]), /ends soon/)
    assert.match(says(certificate(city.dir, 'short', 90, '-newkey', 'rsa:1024', ...named)), /bad .*too weak/)
    assert.match(says(certificate(city.dir, 'sha1', 90, '-newkey', 'rsa:2048', '-sha1', ...named)), /bad .*too weak/)
    assert.match(says(certificate(city.dir, 'nameless', 90, '-newkey', 'rsa:2048')), /weak .*names no host/)
    assert.match(says(['--tls-cert', good[1], '--tls-key', `${city.dir}/soon.key`]), /bad certificate and key cannot be served/)
    chmodSync(good[3], 0o644)
    assert.match(says(good), /bad others can read a secret key/)
    chmodSync(good[3], 0o600)
    const ended = path.join(city.dir, 'ended.pem')
    execFileSync('openssl', ['x509', '-req', '-in', csr(city.dir), '-signkey', good[3], '-out', ended, '-days', '-1'], { stdio: 'ignore' })
    assert.match(says(['--tls-cert', ended, '--tls-key', good[3]]), /bad the certificate has ended/)
  })

  await t.test('listening and proxies', () => {
    const worst = (...args) => doctor(city, ...args).worst('serve.listening')
    assert.equal(worst('--address', '0.0.0.0'), 'bad')
    assert.equal(worst('--address', '127.0.0.1'), 'ok')
    assert.equal(worst('--address', '0.0.0.0', '--behind-proxy', '10.0.0.5'), 'ok')
    assert.equal(worst('--behind-proxy', '10.0.0.0/8'), 'weak')
    assert.equal(worst('--behind-proxy', '0.0.0.0/0'), 'bad')
    assert.equal(worst('--behind-proxy', '::/0'), 'bad')
    assert.equal(worst('--behind-proxy', '2001:db8::/32'), 'weak')
    assert.equal(worst('--behind-proxy', 'proxy'), 'bad')
  })

  await t.test('files that may be open', () => {
    const few = (n) => doctor({ ...city, data: city.data, under: ['prlimit', `--nofile=${n}:${n}`] }).of('machine.files')
    assert.deepEqual(few(20000).map((f) => f.verdict), ['ok'])
    assert.deepEqual(few(4096).map((f) => [f.verdict, f.about]), [['weak', '4096 < 16640']])
    assert.deepEqual(few(1024).map((f) => [f.verdict, f.about]), [['bad', '1024 < 16640']])
  })

  await t.test('backups: none, plain, sealed, old', () => {
    const dir = path.join(city.dir, 'backups')
    mkdirSync(dir)
    const says = () => doctor(city, '--backups', dir).of('machine.backups').map((f) => `${f.verdict} ${f.means.en}`).join('; ')
    assert.match(says(), /bad there is no backup/)
    writeFileSync(path.join(dir, 'notes.txt'), 'not a backup')
    assert.match(says(), /bad there is no backup/)
    const backup = (name, ...args) => {
      const made = run(['backup', path.join(dir, name), '--data', city.data, '--quiet', ...args])
      assert.equal(made.status, 0, made.stderr)
    }
    backup('one')
    assert.equal(says(), 'weak the newest backup is not sealed')
    rmSync(path.join(dir, 'one'))
    assert.equal(run(['backup-key', path.join(city.dir, 'bk')]).status, 0)
    backup('two', '--to-key', path.join(city.dir, 'bk.pub'))
    assert.equal(says(), 'ok sound')
    const then = Date.now() / 1000 - 3 * 86400
    utimesSync(path.join(dir, 'two'), then, then)
    assert.match(says(), /bad the newest backup is too old/)
    set('backup.oldest', '7d')
    assert.equal(says(), 'ok sound')
  })

  await t.test('the disk, as the setting says', () => {
    set('disk.least_mib', '10485760')
    assert.match(doctor(city).worst('machine.disk'), /weak|bad/)
    run(['setting', 'reset', 'disk.least_mib', '--data', city.data])
  })

  await t.test('the record: a checkpoint that is gone or behind', () => {
    const file = path.join(city.data, 'log/checkpoint')
    renameSync(file, `${file}.away`)
    assert.equal(doctor(city).worst('record.checkpoint'), 'bad')
    writeFileSync(file, 'city.example/log\n1\nAAAA\n')
    assert.equal(doctor(city).worst('record.checkpoint'), 'weak')
    renameSync(`${file}.away`, file)
  })

  await t.test('custodians: none, one of each group, two of each', () => {
    const add = (group) => {
      // A public key of X25519, as keygen would print it.
      const { publicKey } = generateKeyPairSync('x25519')
      const hex = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex')
      const made = run(['custodian', 'add', '--group', group, '--label', '保管人', 'huiyin-custodian-1', hex, '--data', city.data])
      assert.equal(made.status, 0, made.stderr)
    }
    assert.equal(doctor(city).worst('people.custodians'), 'bad')
    add('a')
    assert.equal(doctor(city).worst('people.custodians'), 'bad')
    add('b')
    assert.deepEqual(doctor(city).of('people.custodians').map((f) => [f.verdict, f.about]), [['weak', 'a'], ['weak', 'b']])
    add('a')
    add('b')
    assert.equal(doctor(city).worst('people.custodians'), 'ok')
  })

  await t.test('the three administrators: alone, two of each, mixed; who lacks a second factor', () => {
    const told = (...words) => { const made = run(words); assert.equal(made.status, 0, made.stderr); return made.stdout }
    const place = ['--data', city.data]
    const make = (login, ...roles) => told('account', 'add', ...place, '--quiet', '--from', '2020-01-01', login, '某某', ...roles.flatMap((role) => ['--role', role]))
    const says = () => doctor(city).of('people.administrators').map((f) => `${f.verdict} ${f.about}: ${f.means?.en ?? ''}`)
    const three = ['sysadmin', 'secadmin', 'audadmin']
    for (const role of three) make(`${role}.1`, role)
    make('leader', 'leader')
    make('clerk', 'desk')
    const lacking = [...three.map((role) => `${role}.1`), 'leader'].map((login) => `bad ${login}: an account with a sensitive role has no second factor`)
    const alone = three.map((role) => `weak ${role}: one person alone has this role; nobody can stand in`)
    assert.deepEqual(says().sort(), [...lacking, ...alone].sort(), 'a clerk decides on nobody')
    for (const role of three) make(`${role}.2`, role)
    for (const login of [...three.flatMap((role) => [`${role}.1`, `${role}.2`]), 'leader']) factor((words) => told(...words), place, login)
    assert.equal(doctor(city).worst('people.administrators'), 'ok')
    told('factor', 'remove', ...place, '--quiet', 'leader')
    assert.deepEqual(says(), [lacking.at(-1)])
    told('account', 'close', ...place, '--quiet', 'leader')
    assert.equal(doctor(city).worst('people.administrators'), 'ok', 'nobody holds anything by a closed account')
  })

  await t.test('tokens: for all, for long, for one thing', () => {
    const token = (...more) => JSON.parse(run(['token', 'add', '--data', city.data, '--account', 'clerk', '--json', ...more]).stdout).id
    const says = () => doctor(city).of('people.tokens').map((f) => `${f.verdict} ${f.about}: ${f.means?.en ?? ''}`)
    token('--name', '读', '--scope', 'matter.read', '--days', '30')
    assert.equal(doctor(city).worst('people.tokens'), 'ok')
    const all = token('--name', '全', '--days', '30')
    assert.deepEqual(says(), [`weak ${all} 全: a token may do everything its account may`])
    assert.equal(run(['token', 'revoke', '--data', city.data, `${all}`]).status, 0)
    const long = token('--name', '久', '--scope', 'matter.read', '--days', '700')
    assert.deepEqual(says(), [`weak ${long} 久: a token is valid for longer than token.longest_days`])
  })
})

function csr(dir) {
  const file = path.join(dir, 'ended.csr')
  execFileSync('openssl', ['req', '-new', '-key', path.join(dir, 'good.key'), '-out', file, '-subj', '/CN=ended'], { stdio: 'ignore' })
  return file
}

test('a city that cannot be opened: what can be looked at is, and the reason is given', (t) => {
  const city = new Served()
  t.after(() => city.stop())
  writeFileSync(path.join(city.data, 'huiyin.db'), 'no database at all, and long enough to be looked at as if it were one')
  const found = doctor(city)
  assert.equal(found.worst('files.keys'), 'ok')
  assert.equal(found.worst('people.accounts'), 'unknown')
  assert.notEqual(found.status, 0)
  assert.ok(found.stderr.length > 20)
})
