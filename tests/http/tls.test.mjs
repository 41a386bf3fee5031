// TLS by the server itself: what it speaks, what it refuses, and a new certificate without a restart.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, renameSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import path from 'node:path'
import test from 'node:test'
import tls from 'node:tls'
import { huiyin } from './contract.mjs'
import { Served } from './served.mjs'

function certificate(dir, name, ...more) {
  const [cert, key] = [path.join(dir, `${name}.pem`), path.join(dir, `${name}.key`)]
  execFileSync('openssl', ['req', '-x509', '-nodes', '-keyout', key, '-out', cert, '-days', '30', '-subj', `/CN=${name}`,
    '-addext', 'subjectAltName=DNS:localhost', ...(more.length ? more : ['-newkey', 'rsa:2048'])], { stdio: 'ignore' })
  return { cert, key }
}

// What a handshake comes to: the protocol and cipher, or null when it is refused.
function handshake(port, options) {
  return new Promise((done) => {
    const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false, ...options }, () => {
      done({ protocol: socket.getProtocol(), cipher: socket.getCipher().name, subject: socket.getPeerCertificate().subject.CN })
      socket.destroy()
    })
    socket.on('error', () => done(null))
  })
}

const get = (city, agent, where = 'healthz') => new Promise((done, fail) => {
  https.get(city.url + where, { agent, rejectUnauthorized: false }, (answer) => {
    answer.resume()
    answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers }))
  }).on('error', fail)
})

test('TLS', async (t) => {
  const city = new Served()
  t.after(() => city.stop())
  const one = certificate(city.dir, 'one')
  const two = certificate(city.dir, 'two', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1')
  const use = { cert: path.join(city.dir, 'use.pem'), key: path.join(city.dir, 'use.key') }
  const take = ({ cert, key }) => {
    copyFileSync(cert, `${use.cert}.new`)
    copyFileSync(key, `${use.key}.new`)
    renameSync(`${use.cert}.new`, use.cert)
    renameSync(`${use.key}.new`, use.key)
  }
  take(one)
  await city.serve('--tls-cert', use.cert, '--tls-key', use.key)

  await t.test('is announced, and answers say so', async () => {
    assert.match(city.url, /^https:/)
    assert.equal(city.loopback_only, false)
    const { status, headers } = await get(city)
    assert.equal(status, 200)
    assert.equal(headers['strict-transport-security'], 'max-age=31536000')
    await assert.rejects(fetch(city.url.replace('https', 'http') + 'healthz'))
  })

  await t.test('1.2 and 1.3 only, with forward secrecy and authenticated encryption only', async () => {
    const weak = { ciphers: 'ALL:@SECLEVEL=0' }
    for (const version of ['TLSv1', 'TLSv1.1']) {
      assert.equal(await handshake(city.port, { minVersion: version, maxVersion: version, ...weak }), null, version)
    }
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      assert.equal((await handshake(city.port, { minVersion: version, maxVersion: version })).protocol, version)
    }
    const only12 = (ciphers) => handshake(city.port, { maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` })
    for (const cipher of ['AES128-SHA', 'AES256-GCM-SHA384', 'ECDHE-RSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA256', 'DHE-RSA-AES128-GCM-SHA256']) {
      assert.equal(await only12(cipher), null, cipher)
    }
    for (const cipher of ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-CHACHA20-POLY1305']) {
      assert.equal((await only12(cipher)).cipher, cipher)
    }
  })

  await t.test('a new certificate is taken while requests go on; none is lost', async () => {
    const keep = new https.Agent({ keepAlive: true, maxSockets: 4 })
    let going = true
    let answers = 0
    const lost = []
    const load = Array.from({ length: 8 }, async () => {
      while (going) {
        try {
          assert.equal((await get(city, keep)).status, 200)
          answers++
        } catch (e) { lost.push(e) }
      }
    })
    const fresh = Array.from({ length: 2 }, async () => {
      while (going) {
        try {
          assert.equal((await get(city, new https.Agent())).status, 200)
          answers++
        } catch (e) { lost.push(e) }
      }
    })
    assert.equal((await handshake(city.port)).subject, 'one')
    take(two)
    await city.says('the certificate was read again')
    assert.equal((await handshake(city.port)).subject, 'two')
    take(one)
    for (let i = 0; (await handshake(city.port)).subject !== 'one'; i++) {
      assert.ok(i < 100)
      await new Promise((done) => setTimeout(done, 100))
    }
    going = false
    await Promise.all([...load, ...fresh])
    keep.destroy()
    assert.deepEqual(lost, [])
    assert.ok(answers > 100, `${answers}`)
  })

  await t.test('files that do not fit are not taken, and the log says why', async () => {
    copyFileSync(two.key, use.key)
    await city.says('belongs to another certificate')
    assert.equal((await handshake(city.port)).subject, 'one')
    writeFileSync(use.cert, 'no certificate')
    await city.says('must hold the certificate')
    assert.equal((await handshake(city.port)).subject, 'one')
    city.log = ''
    take(two)
    city.process.kill('SIGHUP')
    await city.says('the certificate was read again')
    assert.equal((await handshake(city.port)).subject, 'two')
  })

  await t.test('no private key and no other file stands in the log', () => {
    assert.doesNotMatch(city.log, /PRIVATE KEY|BEGIN/)
  })
})

test('a certificate that cannot be served stops the start with the reason', async (t) => {
  const city = new Served()
  t.after(() => city.stop())
  const one = certificate(city.dir, 'one')
  const two = certificate(city.dir, 'two')
  const serve = (...args) => spawnSync(huiyin, ['serve', '--data', city.data, '--port', '0', ...args], { encoding: 'utf8', timeout: 20000 })
  for (const [args, words] of [
    [['--tls-cert', one.cert], /--tls-key.*missing/],
    [['--tls-key', one.key], /--tls-cert.*missing/],
    [['--tls-cert', one.cert, '--tls-key', two.key], /belongs to another certificate/],
    [['--tls-cert', one.key, '--tls-key', one.key], /must hold the certificate/],
    [['--tls-cert', one.cert, '--tls-key', one.cert], /no private key/],
    [['--tls-cert', `${city.dir}/none`, '--tls-key', one.key], /none/],
    [['--forwarded'], /--behind-proxy/],
    [['--behind-proxy', 'proxy.example'], /no address/],
    [['--behind-proxy', '10.0.0.1/8'], /bits behind the prefix/],
    [['--address', '::'], /--tls-cert/],
  ]) {
    const { status, stderr } = serve(...args)
    assert.notEqual(status, 0, `${args}`)
    assert.match(stderr, words)
  }
})
