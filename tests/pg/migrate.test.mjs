// A city moved from its folder into a database and back is the same city.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { database, ran, run } from '../crash/site.mjs'

const within = (schema) => `${database}&options=-csearch_path%3D${schema}`

test('from a folder into a database and back: the same log, the same fsck, the same figures', (t) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'huiyin-migrate-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const [first, back] = ['first', 'back'].map((name) => path.join(dir, name))
  const store = within('moved')
  ran(['demo', '--quiet', '--data', first, '--matters', '2000', '--until', '2026-06-30'])
  const say = (args, ...where) => ran([...args, ...where, '--json'])

  const there = JSON.parse(ran(['migrate', '--json', '--from', first, '--to', store]))
  assert.equal(there.matters, 2000)
  assert.equal(there.wrong, 0)
  const again = run(['migrate', '--from', first, '--to', store])
  assert.notEqual(again.status, 0)
  assert.match(again.stderr, /not empty/)

  const here = JSON.parse(ran(['migrate', '--json', '--from', store, '--data', first, '--to', back]))
  assert.deepEqual(here, there)
  const places = [['--data', first], ['--data', first, '--store', store], ['--data', back]]
  for (const args of [['verify', '--quiet'], ['fsck', '--quiet'], ['unit', 'list'], ['report', 'supervision', '--to', '2026-06-30']]) {
    const answers = places.map((place) => say(args, ...place).replace(/"as_of":"[^"]*"/, ''))
    assert.ok(answers[1] === answers[0], `${args}: in the database`)
    assert.ok(answers[2] === answers[0], `${args}: back again`)
  }
  const heads = places.map((place) => ran(['checkpoint', ...place]))
  assert.equal(heads[1], heads[0])
  assert.equal(heads[2], heads[0])
  assert.equal(readFileSync(path.join(back, 'log/checkpoint'), 'utf8'), readFileSync(path.join(first, 'log/checkpoint'), 'utf8'))
  assert.equal(statSync(path.join(back, 'keys/log.key')).mode & 0o777, 0o600)

  // And the demo of the same seed made in a database has the same log.
  const made = path.join(dir, 'made')
  ran(['demo', '--quiet', '--data', made, '--store', within('made'), '--matters', '2000', '--until', '2026-06-30'])
  assert.equal(readFileSync(path.join(made, 'log/checkpoint'), 'utf8'), heads[0])
})

test('what cannot be moved is refused with a reason', (t) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'huiyin-migrate-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const [first, other] = ['first', 'other'].map((name) => path.join(dir, name))
  ran(['init', '--data', first])
  ran(['init', '--data', other])
  const refused = (words, ...args) => {
    const done = run(['migrate', ...args])
    assert.ok(done.status > 0 && done.status < 10, `${done.status} ${done.stderr}`)
    assert.match(done.stderr, words)
  }
  refused(/not empty/, '--from', first, '--to', other)
  refused(/already/, '--from', first, '--to', first)
  refused(/--from/, '--from', within('nobody'), '--to', path.join(dir, 'new'))
  refused(/there is no folder/, '--from', path.join(dir, 'none'), '--to', within('x1'))
  refused(/no city/, '--from', within('nothere'), '--data', first, '--to', path.join(dir, 'new2'))
  // The folder of keys that is named holds the keys of another city.
  refused(/is another one/, '--from', first, '--to', within('x2'), '--data', other)
  // What was changed behind the log's back does not become true by being moved.
  const store = within('bent')
  ran(['migrate', '--quiet', '--from', first, '--to', store])
  writeFileSync(path.join(first, 'log/checkpoint'), 'no checkpoint\n')
  refused(/checkpoint/, '--from', store, '--data', first, '--to', path.join(dir, 'new3'))
})
