// Cities of every earlier schema, kept in tests/fixtures/schema/, in the hands of today's program.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { fileFacts, shown } from '../fixtures/schema/shown.mjs'
import { bearer, login } from '../logins.mjs'
import { database, ran, root, run, Site } from './site.mjs'

const folder = path.join(root, 'tests/fixtures/schema')
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.backup')).map((name) => name.slice(0, 3)).sort()
const own = database ? 'the fixtures are folders' : false

const unpack = (file, into) => execFileSync('tar', ['--zstd', '-xf', file, '-C', into])

function giveKey(fixture, data) {
  mkdirSync(path.join(data, 'keys'), { mode: 0o700, recursive: true })
  copyFileSync(path.join(folder, `${fixture}.log.key`), path.join(data, 'keys/log.key'))
  chmodSync(path.join(data, 'keys/log.key'), 0o600) // the repository does not keep that
}

// On its own day: later, some moves would come by themselves.
const itsClock = (fixture) =>
  ['--clock', JSON.parse(ran(['backup', '--check', path.join(folder, `${fixture}.backup`), '--json', '--quiet'])).about.made_at]

// It is the city it was, and goes on.
async function lives(site, { files = [], ...expected }) {
  ran(['fsck', '--quiet', ...site.at])
  const now = JSON.parse(JSON.stringify(shown(site.data, site.store)))
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((room) => [room, now[room]])), expected)
  // Roles may nothing under an institution of before there were accounts; who runs the system may.
  const { authorization } = bearer(login(ran, site.at, 'caretaker', ['sysadmin']))
  const reader = files.length && login(ran, site.at, 'reader', ['efficacy_office', 'desk'])
  const seen = path.join(site.dir, 'seen')
  writeFileSync(seen, ran(['checkpoint', ...site.at]))
  await site.start()
  const client = site.client()
  const unit = await client.ask('PUT', '/api/v1/units/new', { body: { name: '新单位' }, headers: { authorization } })
  assert.equal(unit.status, 200, unit.text)
  client.close()
  // The names of files, which may be a reporter's own, are not for this reader.
  const nameless = (list) => list.map(({ name: _, ...file }) => file)
  assert.deepEqual(nameless(await fileFacts(site, [...new Set(files.map((file) => file.code))], reader)), nameless(files))
  await site.stop()
  ran(['matter', 'file', 'complaint', 'title=今天', 'body=又一件', 'channel=web', ...site.at])
  ran(['verify', '--quiet', ...site.at, '--checkpoint', seen])
  ran(['fsck', '--quiet', ...site.at])
}

// Whoever adds a step to the schema keeps a city of before it; then one with it is made, for the next.
test('there is a fixture of each schema, of the present one too', { skip: own }, (t) => {
  const site = new Site()
  t.after(() => site.remove())
  site.found()
  const backup = path.join(site.dir, 'now.backup')
  ran(['backup', backup, '--quiet', ...site.at])
  const steps = [...fixtures.map((fixture) => path.join(folder, `${fixture}.backup`)), backup]
    .map((file) => JSON.parse(ran(['backup', '--check', file, '--json', '--quiet'])).about.schema)
  for (let i = 1; i < steps.length; i++) assert.deepEqual(steps[i - 1].filter((step) => !steps[i].includes(step)), [])
  assert.deepEqual(steps.at(-1), steps.at(-2), 'make one with node tests/fixtures/schema/make.mjs NNN')
})

for (const fixture of fixtures) {
  const file = path.join(folder, `${fixture}.backup`)
  const expected = JSON.parse(readFileSync(path.join(folder, `${fixture}.json`), 'utf8'))

  test(`schema ${fixture}: the server takes its folder as it lies`, { skip: own }, async (t) => {
    const site = new Site()
    t.after(() => site.remove())
    site.more = itsClock(fixture)
    mkdirSync(site.data)
    unpack(file, site.data)
    giveKey(fixture, site.data)
    await site.start() // brings the schema up to date
    await site.stop()
    await lives(site, expected)
  })

  test(`schema ${fixture}: its backup is restored`, { skip: own }, async (t) => {
    const site = new Site()
    t.after(() => site.remove())
    site.more = itsClock(fixture)
    const done = run(['restore', file, '--data', site.data])
    assert.equal(done.status, 0, done.stderr)
    const then = JSON.parse(ran(['backup', '--check', file, '--json', '--quiet'])).about.schema
    const fresh = path.join(site.dir, 'now.backup')
    ran(['backup', fresh, '--quiet', '--data', site.data])
    const now = JSON.parse(ran(['backup', '--check', fresh, '--json', '--quiet'])).about.schema
    for (const step of now) {
      if (!then.includes(step)) assert.ok(done.stderr.includes(step), `it says that ${step} was done`)
    }
    giveKey(fixture, site.data)
    await lives(site, expected)
  })
}

for (const fixture of fixtures) {
  test(`schema ${fixture}: its backup is restored into a database`, { skip: !database && 'only with PostgreSQL' }, async (t) => {
    const site = new Site()
    t.after(() => site.remove())
    site.more = itsClock(fixture)
    const done = run(['restore', path.join(folder, `${fixture}.backup`), ...site.at])
    assert.equal(done.status, 0, done.stderr)
    assert.match(done.stderr, /keys\/log\.key/)
    giveKey(fixture, site.data)
    await lives(site, JSON.parse(readFileSync(path.join(folder, `${fixture}.json`), 'utf8')))
  })
}

test('a backup of a later version is refused with its number before anything is written', { skip: own }, async (t) => {
  const site = new Site()
  t.after(() => site.remove())
  const raw = path.join(site.dir, 'raw')
  mkdirSync(raw)
  unpack(path.join(folder, `${fixtures.at(-1)}.backup`), raw)
  const manifest = JSON.parse(readFileSync(path.join(raw, 'manifest.json'), 'utf8'))
  manifest.about.schema.push('weather-009')
  manifest.about.version = '9.8.7'
  delete manifest.sha256
  manifest.sha256 = createHash('sha256').update(JSON.stringify(manifest)).digest('hex')
  writeFileSync(path.join(raw, 'manifest.json'), JSON.stringify(manifest))
  const later = path.join(site.dir, 'later.backup')
  const names = ['manifest.json', ...manifest.files.map((file) => file.name)]
  execFileSync('tar', ['--zstd', '-cf', later, '-C', raw, ...names])
  const done = run(['restore', later, '--quiet', '--data', site.data])
  assert.notEqual(done.status, 0)
  assert.match(done.stderr, /9\.8\.7.*weather-009/)
  assert.ok(!existsSync(site.data) && !existsSync(`${site.data}.restoring`))

  // The database itself says so too, when it is put there by hand.
  rmSync(path.join(raw, 'manifest.json'))
  execFileSync('python3', ['-c', `import sqlite3
db = sqlite3.connect(${JSON.stringify(path.join(raw, 'huiyin.db'))})
db.execute("INSERT INTO schema_step VALUES ('weather-009', 0)")
db.commit()`])
  giveKey(fixtures.at(-1), raw)
  site.data = raw
  assert.match(await site.refusesToStart(), /newer version.*weather-009/)
})
