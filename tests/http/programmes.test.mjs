// Each programme pack: its demo round, from raters to a frozen result that two programs recompute; the index of the months.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { programme, PROGRAMMES } from '../../examples/programme.mjs'
import { huiyin, root } from './contract.mjs'

const run = (program, ...args) => {
  const out = spawnSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  assert.equal(out.status, 0, out.stderr)
  return out.stdout
}

for (const pack of Object.keys(PROGRAMMES)) {
  test(`packs/${pack}: a demo round`, async (t) => {
    const dir = mkdtempSync(path.join(tmpdir(), 'huiyin-programme-')), place = ['--data', path.join(dir, 'city')]
    t.after(() => rmSync(dir, { recursive: true }))
    assert.match(run(huiyin, 'pack', 'test', 'packs/base', `packs/${pack}`), /, 0 failed/)
    const { rounds, scheme } = await programme(huiyin, `packs/${pack}`, place, 1500)
    const round = rounds.at(-1)
    const whole = JSON.parse(run(huiyin, 'round', 'show', round, ...place, '--json'))
    const scored = whole.units.filter((u) => u.score.applies)
    assert.ok(scored.length > 30, `${scored.length} units have a score`)
    assert.ok(new Set(scored.map((u) => u.score.published)).size > 20)
    // Every group of raters counts, and each is told of.
    const explained = JSON.parse(run(huiyin, 'explain', round, scored[0].code, ...place, '--json'))
    const asked = explained.indicators.filter((i) => i.raters)
    assert.ok(asked.length > 0)
    for (const { raters, given } of asked) {
      assert.ok(raters.length > 0 && raters.every((r) => r.counts))
      assert.equal(given.d, raters.reduce((n, r) => n + r.ballots, 0))
    }
    const file = path.join(dir, 'bundle.json')
    run(huiyin, 'bundle', round, file, ...place)
    assert.match(run(huiyin, 'verify-result', file), /the same to the byte/)
    assert.match(run(process.execPath, 'tools/verify-result.mjs', file), /the same to the byte/)
    run(huiyin, 'fsck', '--quiet', ...place)
    if (scheme !== 'efficacy_month') return

    const index = JSON.parse(run(huiyin, 'index', scheme, ...place, '--json'))
    assert.deepEqual([index.months[0].month, index.months[0].index, index.months[0].se], ['2026-04', 10000, 0])
    assert.equal(index.months.length, rounds.length)
    for (const m of index.months.slice(1)) {
      assert.ok(m.se > 0 || m.index === null, m.month)
      assert.equal(m.index === null, m.imputed_bp > 2000, m.month)
      assert.equal(m.units.length, whole.units.length)
    }
    assert.match(run(huiyin, 'index', scheme, ...place), /2026-04 +100\.00/)
    // The month's bundle has that index and the months it was made of, and both programs see what was changed in it.
    const text = readFileSync(file, 'utf8'), bundle = JSON.parse(text), last = index.months.at(-1)
    const point = ({ imputed_bp, index: i, linked, se }) => ({ imputed_bp, index: i, linked, se })
    assert.deepEqual(bundle.index, { city: point(last), units: Object.fromEntries(last.units.map((u) => [u.code, point(u)])) })
    assert.equal(bundle.months.length, rounds.length)
    const spoilt = (what, change) => {
      const b = JSON.parse(text)
      change(b)
      writeFileSync(file, JSON.stringify(b))
      for (const [program, code, ...args] of [[huiyin, 6, 'verify-result'], [process.execPath, 1, 'tools/verify-result.mjs']]) {
        const out = spawnSync(program, [...args, file], { cwd: root, encoding: 'utf8' })
        assert.equal(out.status, code, what)
        assert.match(out.stderr, /index/, what)
      }
    }
    spoilt('another index', (b) => { b.index.city.index += 1 })
    spoilt("a unit's index", (b) => { b.index.units[last.units[0].code].imputed_bp += 1 })
    spoilt('a case of an earlier month', (b) => { b.months[0].cases[0][7] += 1 })
    spoilt('units that took over others', (b) => { b.months.at(-1).takes = [last.units[0].code] })
  })
}
