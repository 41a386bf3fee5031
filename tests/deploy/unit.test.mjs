// The package, its unit and the example for nginx, as on a machine of a city: installed by dpkg, started
// by systemd, all restrictions in force. Run by: tests/deploy/in-systemd node --test FILE
// HY_PACKAGE: the package.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { filing, root } from '../crash/site.mjs'
import { bearer, login } from '../logins.mjs'

const inside = process.env.HY_INSIDE
const enter = ['--target', inside, '--mount', '--pid', '--ipc', '--uts', '--cgroup', '--wd=/']
const run = (...words) => spawnSync('nsenter', [...enter, '--', ...words], { encoding: 'utf8' })
function ran(...words) {
  const done = run(...words)
  assert.equal(done.status, 0, `${words.join(' ')}: ${done.stderr}${done.stdout}`)
  return done.stdout
}
const put = (file, text) => execFileSync('nsenter', [...enter, '--', 'tee', file], { input: text, stdio: ['pipe', 'ignore', 'inherit'] })

const port = 8765
// Of an account at the desk of the city that the unit serves.
let token

function ask(options, body) {
  const { module = http, ...rest } = options
  return new Promise((done, failed) => {
    const request = module.request({ host: '127.0.0.1', port, agent: false, ...rest }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part))
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }))
    })
    request.on('error', failed)
    request.end(body)
  })
}

async function file(options = {}) {
  const { address, body, key } = filing('夜间施工')
  const answer = await ask({ method: 'POST', path: address, ...options,
    headers: { 'content-type': 'application/json', 'idempotency-key': key, ...bearer(token), ...options.headers } }, JSON.stringify(body))
  assert.equal(answer.status, 201, answer.text)
  return JSON.parse(answer.text).code
}

async function ready() {
  for (const late = performance.now() + 20000; ;) {
    try {
      if ((await ask({ path: '/readyz' })).status === 200) return
    } catch { /* not yet */ }
    assert.ok(performance.now() < late, run('systemctl', 'status', '--no-pager', 'huiyin').stdout)
    await sleep(50)
  }
}

// The packages whose libraries the program FILE is linked with itself.
function libraries(file) {
  const words = (...command) => execFileSync(command[0], command.slice(1), { encoding: 'utf8' })
  const needed = [...words('objdump', '-p', file).matchAll(/NEEDED\s+(\S+)/g)].map(([, name]) => name)
  assert.ok(needed.length > 2, file)
  const where = Object.fromEntries([...words('ldd', file).matchAll(/(\S+) => (\/\S+)/g)].map(([, name, at]) => [name, at]))
  return new Set(needed.filter((name) => where[name]).map((name) => {
    const names = [where[name], `/usr${where[name]}`, where[name].replace(/^\/usr/, '')]
    const owner = names.map((at) => spawnSync('dpkg', ['-S', at], { encoding: 'utf8' })).find((done) => done.status === 0)
    assert.ok(owner, `${name} is of no package`)
    return owner.stdout.split(':')[0]
  }))
}

test('the package asks for all that its programs need', () => {
  const depends = execFileSync('dpkg-deb', ['--field', process.env.HY_PACKAGE, 'Depends'], { encoding: 'utf8' })
    .split(/[,|]/).map((word) => word.trim().split(/[ :]/)[0])
  for (const word of ['cracklib-runtime', 'systemd']) assert.ok(depends.includes(word), word)
  const tree = mkdtempSync(path.join(tmpdir(), 'hy-package-'))
  try {
    execFileSync('dpkg-deb', ['--extract', process.env.HY_PACKAGE, tree])
    for (const program of ['usr/bin/huiyin', 'usr/libexec/huiyin/huiyin-media']) {
      for (const library of libraries(path.join(tree, program))) assert.ok(depends.includes(library), `${program}: ${library}`)
    }
  } finally {
    rmSync(tree, { recursive: true })
  }
})

test('the package is installed: account, unit, page and packs are there, nothing is started', async () => {
  ran('dpkg', '--install', process.env.HY_PACKAGE)
  assert.match(ran('getent', 'passwd', 'huiyin'), /nologin$/m)
  assert.match(ran('stat', '-c', '%U:%G %a', '/var/lib/huiyin'), /^huiyin:huiyin 750$/m)
  assert.equal(run('systemctl', 'is-active', 'huiyin').stdout.trim(), 'inactive')
  for (const there of ['/usr/share/man/man1/huiyin.1.gz', '/usr/share/bash-completion/completions/huiyin.bash',
    '/usr/share/huiyin/packs/base/pack.yaml', '/etc/default/huiyin']) ran('test', '-s', there)
  assert.equal(ran('dpkg', '--verify', 'huiyin'), '')
  // Started without a city it says so by doing nothing, not by failing.
  ran('systemctl', 'start', 'huiyin')
  assert.equal(run('systemctl', 'is-active', 'huiyin').stdout.trim(), 'inactive')
})

test('the unit serves a city under its restrictions', async () => {
  ran('systemd-analyze', 'verify', '/usr/lib/systemd/system/huiyin.service')
  ran('runuser', '-u', 'huiyin', '--', 'huiyin', 'init', '--data', '/var/lib/huiyin/city', '--name', '试验市')
  token = login((words) => ran('runuser', '-u', 'huiyin', '--', 'huiyin', ...words), ['--data', '/var/lib/huiyin/city'], 'desk', ['desk'])
  ran('systemctl', 'start', 'huiyin')
  await ready()
  const code = await file()
  const shown = await ask({ path: '/log/checkpoint' })
  assert.equal(shown.status, 200)
  const status = ran('cat', `/proc/${ran('systemctl', 'show', '--value', '-p', 'MainPID', 'huiyin').trim()}/status`)
  assert.match(status, /^Uid:\t(?!0\t)/m)
  assert.match(status, /^CapBnd:\t0+$/m)
  assert.match(status, /^NoNewPrivs:\t1$/m)
  assert.match(status, /^Seccomp:\t2$/m)
  assert.match(status, /^Umask:\t0077$/m)
  // Killed, it is back by itself, with what it acknowledged.
  ran('systemctl', 'kill', '--signal=KILL', 'huiyin')
  await sleep(200)
  await ready()
  assert.match(ran('runuser', '-u', 'huiyin', '--', 'huiyin', 'matter', 'show', code, '--data', '/var/lib/huiyin/city'), /夜间施工/)
  await file()
})

test('what is forbidden is refused, and only by the unit', async (t) => {
  const program = '/usr/lib/huiyin-forbidden'
  ran('cp', path.join(root, 'build/tests/deploy/forbidden'), program)
  ran('chmod', '755', program)
  for (const secret of ['/home/secret', '/tmp/secret']) {
    put(secret, 'x')
    ran('chmod', '644', secret)
  }
  const unit = ran('cat', '/usr/lib/systemd/system/huiyin.service')
  const changed = unit.replace(/^ExecStart=.*$/m, `ExecStart=${program}`).replace(/^Type=.*$/m, 'Type=oneshot')
    .replace(/^Restart=.*$/m, 'StandardOutput=file:/run/forbidden')
  put('/etc/systemd/system/forbidden.service', changed)
  ran('systemctl', 'daemon-reload')
  ran('systemctl', 'start', 'forbidden')
  const under = ran('cat', '/run/forbidden').trim().split('\n')
  assert.ok(under.length > 25)
  assert.deepEqual(under.splice(0, 2), ['done write into its own folder', 'done open a socket of the internet'])
  assert.deepEqual(under.filter((line) => !line.startsWith('refused ')), [])
  // The one program it may start, which forbids itself still more.
  put('/run/picture', 'no picture\n')
  put('/etc/systemd/system/media.service', changed.replace(/^ExecStart=.*$/m, 'ExecStart=/usr/libexec/huiyin/huiyin-media 1000 1000')
    .replace('file:/run/forbidden', 'file:/run/media\nStandardInput=file:/run/picture'))
  ran('systemctl', 'daemon-reload')
  ran('systemctl', 'start', 'media')
  assert.match(ran('cat', '/run/media'), /^text\/plain\nsame\n/)
  // The same program by root, without the unit.
  const free = ran(program).trim().split('\n')
  const not = free.filter((line) => !line.startsWith('done '))
  t.diagnostic(`${under.length} things are refused; without the unit these are too: ${not.join('; ') || 'none'}`)
  assert.ok(not.length <= 2, not.join('; '))
})

test('systemd finds little to say against it', () => {
  const said = ran('systemd-analyze', 'security', '--no-pager', 'huiyin.service')
  const score = Number(/Overall exposure level for huiyin.service: ([0-9.]+)/.exec(said)[1])
  assert.ok(score <= 1.5, said)
})

test('nginx passes on what comes, with TLS and its own limits', async (t) => {
  if (run('which', 'nginx').status !== 0) return t.skip('there is no nginx')
  ran('mkdir', '-p', '/etc/ssl/huiyin', '/var/log/nginx', '/var/lib/nginx')
  ran('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=huiyin.example', '-addext', 'subjectAltName=DNS:huiyin.example',
    '-days', '2', '-keyout', '/etc/ssl/huiyin/privkey.pem', '-out', '/etc/ssl/huiyin/fullchain.pem')
  const ca = ran('cat', '/etc/ssl/huiyin/fullchain.pem')
  ran('rm', '-f', '/etc/nginx/sites-enabled/default')
  put('/etc/nginx/sites-enabled/huiyin', readFileSync(path.join(root, 'deploy/nginx/huiyin.conf')))
  ran('nginx', '-t')
  put('/etc/systemd/system/way.service', '[Service]\nExecStart=/usr/sbin/nginx -g "daemon off;"\n')
  ran('systemctl', 'daemon-reload')
  ran('systemctl', 'start', 'way')
  const tls = { module: https, port: 443, ca, servername: 'huiyin.example', headers: { host: 'huiyin.example' } }
  for (const late = performance.now() + 10000; ;) {
    try { await ask({ ...tls, path: '/healthz' }); break } catch (error) { if (performance.now() > late) throw error }
    await sleep(50)
  }
  assert.match((await ask({ ...tls, path: '/log/checkpoint' })).text, /^.+\n\d+\n/)
  assert.equal((await ask({ ...tls, path: '/metrics' })).status, 404)
  assert.equal((await ask({ port: 80, path: '/', headers: { host: 'huiyin.example' } })).headers.location, 'https://huiyin.example/')
  const many = await Promise.all(Array.from({ length: 90 }, () => ask({ ...tls, path: '/healthz' })))
  assert.ok(many.some((answer) => answer.status === 429) && many.some((answer) => answer.status === 200))
  assert.doesNotMatch(ran('cat', '/var/log/nginx/huiyin.log'), /127\.0\.0\.1/)
})

test('it stops when told to, and removing the package leaves the city', async () => {
  ran('systemctl', 'stop', 'huiyin')
  assert.equal(ran('systemctl', 'show', '--value', '-p', 'Result', 'huiyin').trim(), 'success')
  assert.match(ran('runuser', '-u', 'huiyin', '--', 'huiyin', 'verify', '--data', '/var/lib/huiyin/city', '--json'), /untouched/)
  ran('dpkg', '--remove', 'huiyin')
  ran('test', '-s', '/var/lib/huiyin/city/huiyin.db')
})
