#!/usr/bin/env node
// A demo round of a programme: an invented city, raters with codes, marks, frozen and shown.
//
//   node examples/programme.mjs packs/conduct-appraisal demo-data [MATTERS]
//   build/huiyin serve --data demo-data
//
// Everything goes the way that people take: over HTTP, with the demo's logins. Answers of raters are drawn, always the same.
import { execFileSync, spawn } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..')
const DAY = 86400e3
const day = (at) => new Date(at + 8 * 3600e3).toISOString().slice(0, 10)
const first = (year, month) => `${year + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`

// Which scheme of the pack, and the first days of the periods that are over.
export const PROGRAMMES = {
  'conduct-appraisal': { scheme: 'conduct_year', periods: (y) => [`${y - 1}-01-01`] },
  'environment-year': { scheme: 'environment_year', periods: (y) => [`${y - 1}-01-01`] },
  'three-visits': { scheme: 'three_reviews', periods: (y, m) => [m < 6 ? `${y - 1}-07-01` : `${y}-01-01`] },
  // the base month of the index, and every month since
  'efficacy-year': { scheme: 'efficacy_month', periods: (y, m) => Array.from({ length: (y - 2026) * 12 + m - 3 }, (_, i) => first(2026, 3 + i)) },
}

// Always the same numbers from 0 to 1 (mulberry32).
function draw(seed) {
  let s = seed >>> 0
  return () => {
    s = (s + 0x6d2b79f5) >>> 0
    let t = Math.imul(s ^ (s >>> 15), s | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
const quality = (code) => draw([...code].reduce((n, c) => n * 31 + c.charCodeAt(0), 7))()

async function serve(huiyin, place, clock) {
  const server = spawn(huiyin, ['serve', ...place, '--port', '0', '--log', 'error', '--json', '--clock', new Date(clock).toISOString()],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise((done, fail) => {
    server.stdout.once('data', (d) => done(String(d)))
    server.once('exit', (code) => fail(new Error(`huiyin serve ended with ${code}`)))
  })
  const base = JSON.parse(line).url.replace(/\/$/, '')
  const stop = () => new Promise((done) => {
    server.once('exit', done)
    server.kill('SIGTERM')
  })
  return { base, stop }
}

async function office(base) {
  const json = { 'content-type': 'application/json' }
  const login = await fetch(`${base}/api/v1/session`, { method: 'POST', headers: json, body: JSON.stringify({ login: 'efficacy_office', password: 'huiyin-demo' }) })
  const cookie = login.headers.get('set-cookie')?.split(';')[0]
  const { csrf } = await (await fetch(`${base}/api/v1/session`, { headers: { cookie } })).json()
  return async (method, address, body, may = []) => {
    const answer = await fetch(`${base}/api/v1${address}`, { method, headers: { ...json, cookie, 'x-csrf-token': csrf }, body: body && JSON.stringify(body) })
    const said = await answer.json()
    if (!answer.ok && !may.includes(answer.status)) throw new Error(`${method} ${address}: ${said.detail ?? answer.status}`)
    return { status: answer.status, ...said }
  }
}

// Marks by hand for every unit; what is measured, or raters give, refuses them.
async function mark(ask, round) {
  const { units, scheme_titles: { indicators } } = await ask('GET', `/rounds/${round}`)
  for (const of of indicators.filter((i) => !i.figure && !indicators.some((k) => k.in === i.id)).map((i) => i.id)) {
    for (const { code } of units) {
      const value = Math.round(600000 + 390000 * quality(code + of))
      const done = await ask('POST', `/rounds/${round}/marks`, { unit: code, of, value, evidence: '演示：检查记录' }, [400])
      if (done.status === 400) break
    }
  }
}

// A ballot: levels go from the best down, the last is "don't know".
function ratings(form, random) {
  const scored = form.levels.filter((l) => l.scored).length, unsure = form.levels.find((l) => !l.scored)?.id ?? null
  const answer = (code) => {
    if (random() < 0.08) return unsure
    const x = 1 - quality(code) * 0.75 + (random() - 0.5) * 0.8
    return form.levels[Math.min(scored - 1, Math.max(0, Math.floor(x * scored - 0.6)))].id
  }
  return Object.fromEntries(form.units.map((u) => [u.code, form.items.map(() => answer(u.code))]))
}

async function rate(base, ask, round, today) {
  const { panels } = await ask('GET', `/rounds/${round}/surveys`)
  const random = draw(round.length + today.length)
  for (const panel of panels) {
    for (const raters of panel.raters) {
      const { survey } = await ask('POST', `/rounds/${round}/surveys`, { panel: panel.id, raters: raters.id, from: today, until: today })
      const { codes } = await ask('POST', `/surveys/${survey.code}/codes`, { count: raters.least + 6 })
      for (const code of codes.slice(2)) { // two do not answer
        const post = async (address, body) => {
          const answer = await fetch(`${base}/api/v1/${address}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
          if (!answer.ok) throw new Error(`${address}: ${await answer.text()}`)
          return answer.json()
        }
        const form = await post('rating-form', { code })
        await post('ratings', { code, nonce: `demo-${code}-000000`, ratings: ratings(form, random) })
      }
    }
  }
}

export async function programme(huiyin, pack, place, matters = 2000) {
  const name = path.basename(pack), what = PROGRAMMES[name]
  if (!what) throw new Error(`no demo round for ${pack}; there are ${Object.keys(PROGRAMMES).join(', ')}`)
  const packs = ['packs/base', 'packs/demo-city', path.relative(root, path.resolve(root, pack))].flatMap((p) => ['--pack', p])
  execFileSync(huiyin, ['demo', ...place, '--quiet', '--matters', String(matters), ...packs], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const now = Date.now(), today = day(now), [y, m] = today.split('-').map(Number)
  const periods = what.periods(y, m - 1)
  const suffix = (from) => ({ conduct_year: from.slice(0, 4), environment_year: from.slice(0, 4),
    three_reviews: `${from.slice(0, 4)}-h${from.slice(5, 7) === '01' ? 1 : 2}`, efficacy_month: from.slice(0, 7) })[what.scheme]
  const rounds = periods.map((from) => `${what.scheme}-${suffix(from)}`)

  let city = await serve(huiyin, place, now), ask = await office(city.base)
  for (const [i, round] of rounds.entries()) {
    await ask('POST', '/rounds', { scheme: what.scheme, from: periods[i] })
    if (i < rounds.length - 1) continue // raters are asked in the last one
    await rate(city.base, ask, round, today)
    await mark(ask, round)
  }
  await city.stop()
  // On the next day the window is over.
  city = await serve(huiyin, place, now + DAY)
  ask = await office(city.base)
  for (const round of rounds) await ask('POST', `/rounds/${round}/freeze`, {})
  await ask('POST', `/rounds/${rounds.at(-1)}/publish`)
  await city.stop()
  return { rounds, scheme: what.scheme }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [pack, data, matters] = process.argv.slice(2)
  if (!data) {
    console.error('usage: node examples/programme.mjs packs/NAME FOLDER [MATTERS]')
    process.exit(2)
  }
  const huiyin = process.env.HUIYIN ?? path.join(root, 'build/huiyin')
  const { rounds } = await programme(huiyin, pack, ['--data', path.resolve(data)], Number(matters ?? 2000))
  console.log(execFileSync(huiyin, ['round', 'show', rounds.at(-1), '--data', path.resolve(data)], { encoding: 'utf8' }))
}
