#!/usr/bin/env node
// Recomputes a published appraisal from its bundle: a second program, which shares nothing with the first but the written
// rules (src/appraise/bundle.c, round_json.c, survey.h, indices.h; src/pack/score.h; src/stat/rank.h):
//   node tools/verify-result.mjs BUNDLE.json [LOG.vkey]
// The log's signature and the proof of the events, the institution and the scheme in its text, the figures from the cases, the result
// and the index.  (That each case follows from its events the first program shows.)  Ends with 0: the same to the byte; 1: the first
// difference; 2: this is no bundle.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

class Differs extends Error {}
const demand = (so, what) => { if (!so) throw new Differs(what) }
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest()
const hex = (text) => sha256(text).toString('hex')

// --- the log: RFC 6962, C2SP signed note and tlog-proof --------------------------------------------------
function readKey(vkey) {
  const [, name, id, key] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey.trim()) ?? []
  const bytes = Buffer.from(key ?? '', 'base64')
  demand(bytes.length === 33 && bytes[0] === 1 && sha256(name, '\n', bytes).subarray(0, 4).toString('hex') === id, 'the key of the log cannot be read')
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)])
  return { name, id, key: createPublicKey({ key: spki, format: 'der', type: 'spki' }) }
}

function readNote(note, { name, id, key }) {
  const end = note.lastIndexOf('\n\n')
  const text = note.slice(0, end + 1)
  const signed = note.slice(end + 2).split('\n').filter(Boolean).some((line) => {
    const [dash, who, signature] = line.split(' ')
    const bytes = Buffer.from(signature ?? '', 'base64')
    return dash === '—' && who === name && bytes.subarray(0, 4).toString('hex') === id &&
      verify(null, Buffer.from(text), key, bytes.subarray(4))
  })
  const [origin, size, root] = text.split('\n')
  demand(signed && origin === name, 'the checkpoint is not signed by the log')
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') }
}

// One proof of many entries: the roots of all ranges without one, from the first to the last.
function rootOf(events, proof, size) {
  let at = 0, used = 0
  const range = (lo, hi) => {
    if (at === events.length || events[at][0] >= hi) return proof[used++] ?? Buffer.alloc(0)
    if (hi - lo === 1) return sha256(Buffer.of(0), events[at++][1])
    let half = 1
    while (2 * half < hi - lo) half *= 2
    return sha256(Buffer.of(1), range(lo, lo + half), range(lo + half, hi))
  }
  const root = range(0, size)
  demand(at === events.length && used === proof.length, 'the proof is not that of these events')
  return root
}

function provenEvents({ checkpoint, events, proof }, key) {
  const head = readNote(checkpoint, key)
  demand(rootOf(events, proof.map((h) => Buffer.from(h, 'base64')), head.size).equals(head.root), 'an event is not in the log as it is given')
  return { head, log: events.map(([index, text]) => ({ index, ...JSON.parse(text) })) }
}

// --- canonical JSON (RFC 8785, integers only) ---------------------------------------------------------------
function canonical(v) {
  if (Array.isArray(v)) return `[${v.map(canonical).join(',')}]`
  if (v && typeof v === 'object') {
    const keys = Object.keys(v).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical(v[k])}`).join(',')}}`
  }
  return typeof v === 'bigint' ? String(v) : JSON.stringify(v)
}

// --- the institution: hashes of its texts, and the scheme out of them -------------------------------------------
// So much of YAML as packs are written in: blocks by indentation, {} and [], quotes, comments; all scalars are texts.
function flow(s) {
  let i = 0
  const skip = () => { while (s[i] === ' ') i++ }
  const scalar = (until) => {
    const quoted = /^("(?:\\.|[^"\\])*"|'(?:''|[^'])*')/.exec(s.slice(i))?.[0]
    const text = quoted ?? until.exec(s.slice(i))[0]
    i += text.length
    return quoted ? (text[0] === '"' ? JSON.parse(text) : text.slice(1, -1).replaceAll("''", "'")) : text.trim()
  }
  const all = (end, one) => {
    for (i++, skip(); i < s.length && s[i] !== end; skip()) one(), skip(), (i += s[i] === ',')
    i++
  }
  const value = (nested) => {
    skip()
    const list = [], map = {}
    if (s[i] === '[') return all(']', () => list.push(value(true))), list
    if (s[i] !== '{') return scalar(nested ? /^[^,\]}]*/ : /^.*/)
    all('}', () => { const key = scalar(/^[^:]*/); skip(); i++; map[key] = value(true) })
    return map
  }
  return value(false)
}

function yaml(text) {
  const lines = text.split('\n').map((l) => /^(?:"(?:\\.|[^"\\])*"|[^"#]|(?<=\S)#)*/.exec(l)[0].trimEnd()).filter(Boolean)
  const indent = () => lines[0]?.search(/\S/) ?? -1
  const block = (at) => {
    if (!lines[0].startsWith('- ', at)) {
      const map = {}
      while (indent() === at) {
        const [, key, rest] = /^([^:]+):\s*(.*)$/.exec(lines.shift().trim())
        map[key] = rest ? flow(rest) : block(indent())
      }
      return map
    }
    const list = []
    while (indent() === at && lines[0].startsWith('- ', at)) {
      lines[0] = `${' '.repeat(at + 2)}${lines[0].slice(at + 2)}`
      list.push(/^\s*[\w-]+:(\s|$)/.test(lines[0]) ? block(indent()) : flow(lines.shift().trim()))
    }
    return list
  }
  return block(0)
}

function schemeOf(y, given) { // which facts a figure counts is the vocabulary of both programs
  const share = (t) => Math.round(parseFloat(t ?? 0) * 100), points = (t) => Math.round(Number(t ?? 0) * WHOLE)
  const place = (list, id) => (id ? list.findIndex((x) => x.id === id) : -1)
  const figure = (x, g) => (demand(x.figure === g?.figure?.id, `the scheme of the bundle counts another figure: ${x.id ?? x.figure}`), g?.figure ?? null)
  const indicators = y.indicators.map((i, k) => {
    const g = given.indicators[k], scale = i.figure ? g?.scale : 1, marks = i.line ?? i.bands ?? []
    const at = (t) => (!i.figure ? points(t) : scale === WHOLE ? share(t) : Math.round(Number(t) * scale))
    return { absent: i.absent ?? 'shared', bands: !i.line && marks.length > 0, figure: figure(i, g), id: i.id, least: Number(i.least ?? 0),
      marks: marks.map((m) => [at(m.at), points(m.points)]), ...(i.panel && { panel: place(y.panels, i.panel) }), parent: place(y.indicators, i.in), scale,
      source: i.figure ? 'figure' : i.panel ? 'panel' : i.by_hand === 'true' ? 'hand' : 'parts', weight: share(i.weight) }
  })
  const adjusts = [['deductions', 'deduction'], ['bonuses', 'bonus'], ['vetoes', 'veto']].flatMap(([list, kind]) => (y[list] ?? []).map((a) => [a, kind]))
    .map(([a, kind], k) => ({ each: points(a.each), figure: figure(a, given.adjusts[k]), from: Number(a.from ?? 1), grade: Math.max(0, place(y.grades, a.grade)),
      id: a.id, indicator: place(y.indicators, a.indicator), kind, most: points(a.most) }))
  const panels = y.panels?.map((p) => ({ id: p.id, groups: p.raters.map((r) => ({ id: r.id, least: Number(r.least ?? 30), trim: Number(r.trim?.each_end ?? 0),
    trim_from: Number(r.trim?.from ?? 0), weight: share(r.weight) })) }))
  const index = y.index && { from: y.index_base.from, months: Number(y.index_base.months ?? 1), parts: y.index.map((p, k) => ({ complement: p.complement === 'true',
    figure: figure(p, given.index?.parts[k]), least: Number(p.least ?? 1), weight: share(p.weight) })) }
  const last = y.last ?? { funnel: 'false', probability: 0 }
  return { adjusts, grades: y.grades.map((g) => ({ from: points(g.from), id: g.id, quota: share(g.quota) })), groups: y.groups.map((g) => ({ id: g.id, units: g.units ?? [] })),
    id: y.scheme, ...(index && { index }), indicators, last: { count: Number(last.count ?? 0), funnel: last.funnel !== 'false', points: points(last.points),
      probability: share(last.probability ?? 80) }, least: points(y.least), most: points(y.most ?? 100), ...(panels && { panels }) }
}

function checkInstitution(bundle, log, frozen) {
  for (const v of bundle.institution) {
    const event = log.find((e) => e.index === v.from && e.subject === 'institution')
    demand(event && hex(canonical(v.packs)) === event.data.packs, 'the institution is not the one whose hash is in the log')
    demand(hex(canonical(v.notices)) === event.data.notices, 'the notices of the calendar are not those whose hash is in the log')
  }
  const { packs, from } = bundle.institution.at(-1), event = log.find((e) => e.index === from)
  demand(event.data.pack === frozen.data.pack && event.data.calendar === (frozen.data.calendar ?? event.data.calendar), 'it was frozen by another institution')
  const texts = packs.flatMap((p) => p.files).filter((f) => new RegExp(`^scheme: *${bundle.scheme.id} *$`, 'm').test(f.text))
  demand(texts.length && canonical(schemeOf(yaml(texts.at(-1).text), bundle.scheme)) === canonical(bundle.scheme), "the scheme of the bundle is not the institution's")
}

// --- what the log says of the cases ---------------------------------------------------------------------------------
function checkEvents(bundle, log, until) {
  const subjects = new Map()
  for (const e of log.filter((x) => x.index < until && /^(matter|card)\//.test(x.subject))) {
    const own = subjects.get(e.subject) ?? []
    subjects.set(e.subject, [...own, e])
    demand(e.seq === own.length + 1, `${e.subject}: an event is left out`)
  }
  for (const c of bundle.cases) demand(subjects.has(`matter/${c[1]}`) || subjects.has(`card/${c[1]}`), `${c[1]}: the bundle has no event of it`)
}

// --- figures from the facts of cases -------------------------------------------------------------------------
const quantiles = { 1: 250, 2: 500, 3: 750, 4: 900, 5: 1000 } // by point: q1, median, q3, p90, most

function figureOf(f, cases) {
  const has = (bit) => (c) => (BigInt(`0x${c[2]}`) >> BigInt(bit)) & 1n
  const mine = cases.filter(has(f.fact))
  const numbers = mine.map((c) => c[3 + f.number])
  const sum = numbers.reduce((a, b) => a + b, 0)
  if (f.measure === 'count') return { n: mine.length, d: 1, se: 0 }
  // hand-offs, returns and reopenings are added up over all that came in
  if (f.measure === 'sum') return { n: cases.reduce((a, c) => a + c[3 + f.number], 0), d: 1, se: 0 }
  if (f.measure === 'share') {
    const d = cases.filter(has(f.of)).length
    const p = (mine.length + 0.5) / (d + 1)
    return d ? { n: mine.length, d, se: Math.sqrt((p * (1 - p)) / d) } : null
  }
  const d = numbers.length
  if (d === 0) return null
  if (f.point !== 0) {
    const rank = Math.max(1, Math.floor((d * quantiles[f.point] + 999) / 1000))
    return { n: [...numbers].sort((a, b) => a - b)[rank - 1] * d, d, se: 0 }
  }
  const mean = sum / d
  const squares = numbers.reduce((a, x) => a + (x - mean) * (x - mean), 0)
  return { n: sum, d, se: d > 1 ? Math.sqrt(squares / (d - 1) / d) : 0 }
}

// --- marks of raters from their ballots (src/appraise/survey.h) -----------------------------------------------
const half = (n, d) => Math.floor((2 * n + d) / (2 * d)) // half up

// Of one group: without the extremes; its standard error after Tukey and McLaughlin.
function groupMark(g, scores) {
  const n = scores.length, drop = g.trim && n >= g.trim_from && n > 2 * g.trim ? g.trim : 0
  const kept = scores.slice(drop, n - drop)
  const points = half(kept.reduce((a, b) => a + b, 0), kept.length)
  if (kept.length < 2) return { points, se: 0 }
  const winsorised = scores.map((x) => Math.min(Math.max(x, kept[0]), kept[kept.length - 1]))
  const mean = winsorised.reduce((a, x) => a + x / n, 0)
  const squares = winsorised.reduce((a, x) => a + (x - mean) * (x - mean), 0)
  return { points, se: Math.sqrt(squares / (n - 1)) / ((kept.length / n) * Math.sqrt(n)) }
}

function panelMark(panel, ratings) {
  let sum = 0, weights = 0, variance = 0, ballots = 0
  for (const g of panel.groups) {
    const scores = ratings[g.id] ?? 0, n = scores.length ?? scores
    demand(Array.isArray(scores) === n >= g.least && n >= 0, `${g.id}: scores are given of raters with enough ballots`)
    if (!Array.isArray(scores)) continue
    demand(scores.every((x, i) => Number.isInteger(x) && x >= 0 && x <= 1000000 && (!i || x >= scores[i - 1])), `${g.id}: scores ascend`)
    const m = groupMark(g, scores);
    [sum, weights, variance, ballots] = [sum + g.weight * m.points, weights + g.weight, variance + (g.weight * m.se) ** 2, ballots + n]
  }
  return weights ? { n: half(sum, weights) * ballots, d: ballots, se: Math.sqrt(variance) / weights } : null
}

const rounded = (x) => Math.sign(x) * Math.floor(Math.abs(x) + 0.5)
const nearly = (a, b) => Math.abs(a - b) <= 2 // thousand-millionths: sums in another order

function checkFigures(scheme, inputs, cases) {
  for (const unit of inputs.units) {
    const own = cases.filter((c) => c[0] === unit.code)
    const ratings = (i) => unit.ratings?.[scheme.panels?.[i.panel]?.id]
    for (const i of scheme.indicators.filter((x) => x.figure || ratings(x))) {
      const found = i.figure ? figureOf(i.figure, own) : panelMark(scheme.panels[i.panel], ratings(i))
      const given = unit.figures[i.id] ?? null
      const same = found === null ? given === null : given !== null && given.n === found.n && given.d === found.d &&
        nearly(given.se, rounded(found.se * 1e9))
      demand(same, `${unit.code}, ${i.id}: cases and ratings give ${JSON.stringify(found)}, the inputs ${JSON.stringify(given)}`)
    }
    for (const a of scheme.adjusts.filter((x) => x.figure)) {
      demand(unit.adjusts[a.id] === figureOf(a.figure, own).n, `${unit.code}, ${a.id}: the cases give another number`)
    }
  }
}

// --- the index (src/appraise/indices.h) ---------------------------------------------------------------------------
function indexValue(p, cases) {
  const g = figureOf(p.figure, cases)
  if (!g || g.d < p.least) return null
  const share = p.figure.measure === 'share', x = share ? ((p.complement ? g.d - g.n : g.n) + 0.5) / (g.d + 1) : g.n / g.d
  const se = share ? Math.sqrt((x * (1 - x)) / g.d) : g.se
  if (!(x > 0)) return null
  return p.complement !== p.figure.lower ? { x: 1 / x, se: se / (x * x) } : { x, se }
}

// Months: [{units: Map of code to cases, takes: Set}], the first the base.  The points of the last one.
function indexOf({ months: span, parts }, months) {
  const values = (cases) => parts.map((p) => indexValue(p, cases))
  const all = (m, use = () => true) => [...m.units].flatMap(([code, cases]) => (use(code) ? cases : []))
  const moved = (l, was, now) => [was, now].map((of) => parts.reduce((a, p, i) => a + (was[i] && now[i] ? (p.weight * of[i].x) / l.base[i].x : 0), 0))
  const begun = (base, index) => ({ base, before: base, factor: index / 100, last: index })
  const meanOf = (lists) => (lists.every((l) => l?.every(Boolean)) ? parts.map((_, i) => ({ x: lists.reduce((a, l) => a + l[i].x / span, 0),
    se: Math.sqrt(lists.reduce((a, l) => a + (l[i].se * l[i].se) / (span * span), 0)) })) : null)
  const step = (l, now) => {
    const [a, b] = moved(l, l.before, now)
    const filled = now.map((v, i) => v ?? { x: l.before[i].x * (b / a), se: l.before[i].se })
    const share = filled.map((v, i) => ((parts[i].weight / 100) * v.x) / l.base[i].x)
    const variance = share.reduce((sum, s, i) => sum + s * s * ((filled[i].se / filled[i].x) ** 2 + (l.base[i].se / l.base[i].x) ** 2), 0)
    l.before = filled
    l.last = share.reduce((x, y) => x + y, 0) * l.factor
    return { index: l.last, se: Math.sqrt(variance) * l.factor, imputed: parts.reduce((sum, p, i) => sum + (now[i] ? 0 : p.weight), 0), linked: false }
  }
  const relink = (l, p, index) => {
    Object.assign(p, { se: p.se * (index / p.index), index, linked: true })
    Object.assign(l, begun(l.before.map((v, i) => ({ x: v.x, se: v.x * (l.base[i].se / l.base[i].x) })), index), { before: l.before })
  }
  const base = meanOf(months.slice(0, span).map((m) => values(all(m))))
  demand(base && months.length >= span, 'the base of the index is not complete')
  const city = begun(base, 100), lines = new Map(), out = []
  for (const [m, month] of months.entries()) {
    const now = values(all(month)), was = months[m - 1], before = city.last, first = m === 0 && span === 1 ? { se: 0 } : {}
    const point = now.some(Boolean) ? Object.assign(step(city, now), first) : null
    const same = !was || (was.units.size === month.units.size && [...month.units.keys()].every((c) => was.units.has(c) && !month.takes.has(c)))
    if (point && !same) {
      const both = (c) => was.units.has(c) && month.units.has(c) && !month.takes.has(c), [a, b] = moved(city, values(all(was, both)), values(all(month, both)))
      if (a > 0) relink(city, point, (before * b) / a)
    }
    const units = new Map([...month.units].map(([code, cases]) => {
      const mine = values(cases), known = mine.filter(Boolean).length
      const own = lines.has(code) || meanOf(months.slice(0, span).map((x) => x.units.has(code) && values(x.units.get(code))))
      if (!lines.has(code)) lines.set(code, own && begun(own, 100))
      const l = lines.get(code)
      if (!known || !point || (!l && known < parts.length)) return [code, null]
      if (!l) return lines.set(code, begun(mine, point.index)), [code, { ...point, imputed: 0, linked: true }]
      const earlier = l.last, p = Object.assign(step(l, mine), first)
      if (month.takes.has(code) && out[m - 1]?.point) relink(l, p, (earlier * point.index) / out[m - 1].point.index)
      return [code, p]
    }))
    out.push({ point, units })
  }
  const told = (p) => ({ imputed_bp: p?.imputed ?? 0, index: p && p.imputed <= 2000 ? rounded(p.index * 100) : null, linked: p?.linked ?? false,
    se: p && p.imputed <= 2000 ? rounded(p.se * 100) : 0 })
  return { city: told(out.at(-1).point), units: Object.fromEntries([...out.at(-1).units].map(([c, p]) => [c, told(p)])) }
}

const hashOfCases = (cases) => hex(cases.map((c) => `${c.join(' ')}\n`).join(''))

function checkIndex(bundle, log) {
  if (bundle.index === null && bundle.months.length === 0) return
  const months = bundle.months.map((m, i) => {
    const { cases, inputs } = i + 1 < bundle.months.length ? m : bundle
    const event = log.find((e) => e.subject === `round/${m.round}` && e.move === 'freeze' && e.data.version === m.version)
    demand(event && hex(inputs) === event.data.inputs && hashOfCases(cases) === event.data.cases, `${m.round}: a month of the index is not the one that was frozen`)
    const units = new Map(JSON.parse(inputs).units.map((u) => [u.code, []]))
    for (const c of cases) units.get(c[0]).push(c)
    return { units, takes: new Set(m.takes) }
  })
  demand(bundle.months.at(-1).round === bundle.round, 'the last month of the index is another')
  demand(canonical(indexOf(bundle.scheme.index, months)) === canonical(bundle.index), 'the index does not follow from its months')
}

// --- points ----------------------------------------------------------------------------------------------------
const FULL = 1000000n, WHOLE = 10000
const divided = (n, d) => { // half up
  const a = 2n * n + d, b = 2n * d
  return a >= 0n || a % b === 0n ? a / b : a / b - 1n
}
const within = (v, least, most) => (v < least ? least : v > most ? most : v)

function pointsAt(i, numerator, denominator) {
  const v = BigInt(numerator) * BigInt(i.scale), d = BigInt(denominator)
  if (!i.marks.length) return divided(v, d)
  const k = i.marks.filter(([at]) => v >= BigInt(at) * d).length
  if (k === 0) return BigInt(i.marks[0][1])
  const [at, points] = i.marks[k - 1].map(BigInt)
  if (i.bands || k === i.marks.length) return points
  const [to, more] = i.marks[k].map(BigInt)
  return points + divided((v - at * d) * (more - points), (to - at) * d)
}

// Rounds half away from zero, as C's llround().
function pointsSe(i, g) {
  const FINE = 1000000, v = g.n / g.d, se = g.se / 1e9
  if (!(se > 0)) return 0
  const up = Math.min(v + se, 1e9), down = Math.max(v - se, 0)
  return Math.abs(Number(pointsAt(i, rounded(up * FINE), FINE)) - Number(pointsAt(i, rounded(down * FINE), FINE))) / 2
}

function split(whole, weights) { // largest remainder, the first of equals
  const sum = weights.reduce((a, b) => a + b, 0n)
  const out = weights.map((w) => (sum > 0n ? (whole * w) / sum : 0n))
  for (let left = whole - out.reduce((a, b) => a + b, 0n); sum > 0n && left > 0n; left--) {
    let best = 0
    weights.forEach((w, i) => whole * w - out[i] * sum > whole * weights[best] - out[best] * sum && (best = i))
    out[best]++
  }
  return out
}

function scoreUnit(scheme, unit) {
  const se = scheme.indicators.map(() => 0)
  const adjusts = scheme.adjusts.map((a) => {
    const times = BigInt(unit.adjusts[a.id] ?? 0), points = times * BigInt(a.each)
    return { times, points: a.most && points > BigInt(a.most) ? BigInt(a.most) : points }
  })
  const veto = scheme.adjusts.findIndex((a, i) => a.kind === 'veto' && adjusts[i].times >= BigInt(a.from))
  const adjusted = (at) => scheme.adjusts.reduce((sum, a, i) => (a.indicator !== at || a.kind === 'veto' ? sum
    : a.kind === 'bonus' ? sum + adjusts[i].points : sum - adjusts[i].points), 0n)
  const nodes = scheme.indicators.map(() => ({ applies: false, few: false, lost: 0n, points: 0n }))
  const parts = (of) => scheme.indicators.flatMap((i, k) => (i.parent === of && nodes[k].applies ? [k] : []))
  const combine = (of) => {
    const own = parts(of)
    const weights = own.reduce((a, k) => a + scheme.indicators[k].weight, 0)
    const sum = own.reduce((a, k) => a + BigInt(scheme.indicators[k].weight) * nodes[k].points, 0n)
    const variance = own.reduce((a, k) => a + (scheme.indicators[k].weight * se[k]) ** 2, 0)
    return own.length ? { points: divided(sum, BigInt(weights)), se: Math.sqrt(variance) / weights } : null
  }
  for (let k = scheme.indicators.length - 1; k >= 0; k--) {
    const i = scheme.indicators[k], n = nodes[k], g = unit.figures[i.id]
    if (i.source === 'parts') {
      const whole = combine(k)
      n.applies = whole !== null
      if (whole) [n.points, se[k]] = [whole.points, whole.se]
    } else {
      n.few = Boolean(g && i.least && g.d < i.least)
      n.applies = Boolean(g) && !n.few
      if (n.applies) [n.points, se[k]] = [pointsAt(i, g.n, g.d), pointsSe(i, g)]
      else if (i.absent !== 'shared') [n.applies, n.points] = [true, i.absent === 'full' ? FULL : 0n]
    }
    if (n.applies) n.points = within(n.points + adjusted(k), 0n, FULL)
  }
  const share = (of, lost) => {
    const own = parts(of)
    split(lost, own.map((k) => BigInt(scheme.indicators[k].weight) * (FULL - nodes[k].points))).forEach((part, at) => {
      nodes[own[at]].lost = part
      share(own[at], part)
    })
  }
  const whole = combine(-1), r = { code: unit.code, nodes, adjusts, veto, applies: whole !== null, points: whole?.points ?? 0n, se: whole?.se ?? 0,
    total: 0n, grade: 0, place: 0, low: 0, high: 0, last: 0, struck: false }
  if (whole) {
    share(-1, FULL - r.points)
    r.total = within(r.points + adjusted(-1), BigInt(scheme.least), BigInt(scheme.most))
  }
  return r
}

// --- how certain --------------------------------------------------------------------------------------------------
// The complementary error function: a series near 0, a continued fraction beyond.
function erfc(x) {
  if (x < 0) return 2 - erfc(-x)
  if (x > 27) return 0
  if (x < 2) {
    let sum = x
    for (let n = 1, term = x; n < 100; n++) sum += (term *= -(x * x) / n) / (2 * n + 1)
    return 1 - (2 / Math.sqrt(Math.PI)) * sum
  }
  let f = x
  for (let n = 80; n > 0; n--) f = x + n / 2 / f
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / f
}

// Is J better than K only by chance?
function byChance(j, k) {
  const d = j.x - k.x, s = Math.sqrt(j.se * j.se + k.se * k.se)
  return s === 0 ? (d > 0 ? 0 : d < 0 ? 1 : 0.5) : 0.5 * erfc(d / s / Math.SQRT2)
}

function holm(units, alpha) {
  const sets = units.map(() => ({ low: 1, high: units.length })), pairs = []
  units.forEach((j, better) => units.forEach((k, worse) => better !== worse && pairs.push({ p: byChance(j, k), better, worse })))
  pairs.sort((a, b) => a.p - b.p || a.better - b.better || a.worse - b.worse)
  for (const [i, { p, better, worse }] of pairs.entries()) {
    if (p > alpha / (pairs.length - i)) break
    sets[worse].low++
    sets[better].high--
  }
  return sets
}

function fewBelow(units, j, k, x) {
  const of = [1, ...Array(k - 1).fill(0)]
  for (const [i, u] of units.entries()) {
    if (i === j) continue
    const d = x - u.x
    const below = u.se > 0 ? 0.5 * erfc(-d / u.se / Math.SQRT2) : d > 0 ? 1 : d < 0 ? 0 : 0.5
    for (let c = k - 1; c > 0; c--) of[c] = of[c] * (1 - below) + of[c - 1] * below
    of[0] *= 1 - below
  }
  return of.reduce((a, b) => a + b, 0)
}

function amongLast(units, j, k) {
  const u = units[j]
  if (u.se === 0) return fewBelow(units, j, k, u.x)
  let sum = 0, was = -1, now = 0
  for (let steps = 32; steps <= 4096; steps *= 2) {
    const h = 16 / steps
    for (let i = steps > 32 ? 1 : 0; i <= steps; i += steps > 32 ? 2 : 1) {
      const z = -8 + h * i
      sum += Math.exp((-z * z) / 2) * fewBelow(units, j, k, u.x + u.se * z)
    }
    now = (sum * h) / Math.sqrt(2 * Math.PI)
    if (Math.abs(now - was) < 1e-8) break
    was = now
  }
  return within(now, 0, 1)
}

// With few cases a unit is drawn to what is usual (Paule and Mandel); as they are when some are known exactly.
function believed(units) {
  if (units.length < 3 || units.some((u) => u.se === 0)) return units
  const weigh = (tau2) => {
    const w = units.map((u) => 1 / (u.se * u.se + tau2)), w1 = w.reduce((a, b) => a + b, 0)
    const mean = units.reduce((a, u, i) => a + w[i] * u.x, 0) / w1
    return { mean, w1, q: units.reduce((a, u) => a + ((u.x - mean) * (u.x - mean)) / (u.se * u.se + tau2), 0) }
  }
  const free = units.length - 1
  let low = 0, high = 1, tau2 = 0
  if (weigh(0).q > free) {
    while (weigh(high).q > free) high *= 2
    for (let i = 0, mid; i < 200 && high - low > 1e-14 * high; i++) {
      mid = low + (high - low) / 2
      weigh(mid).q > free ? (low = mid) : (high = mid)
    }
    tau2 = low + (high - low) / 2
  }
  const { mean, w1 } = weigh(tau2)
  return units.map((u) => {
    const v = u.se * u.se, b = v / (v + tau2)
    return { x: b * mean + (1 - b) * u.x, se: Math.sqrt((1 - b) * v + (b * b) / w1) }
  })
}

// Exact binomial limits with interpolation (Spiegelhalter 2005).
function funnelLimit(target, n, p) {
  let log = n * Math.log1p(-target), cumulative = Math.exp(log), under = 0, r = 0
  while (cumulative <= p && r < n) {
    log += Math.log((n - r) / (r + 1)) + Math.log(target) - Math.log1p(-target)
    under = cumulative
    cumulative += Math.exp(log)
    r++
  }
  return within((r - (cumulative - p) / (cumulative - under)) / n, 0, 1)
}

function farBelow(scheme, inputs) {
  const i = scheme.indicators.find((x) => x.figure?.measure === 'share')
  const given = inputs.units.map((u) => (i ? u.figures[i.id] : undefined))
  const yes = given.reduce((a, g) => a + (g?.n ?? 0), 0), all = given.reduce((a, g) => a + (g?.d ?? 0), 0)
  const target = yes / all
  if (!i || yes === 0 || yes === all) return given.map(() => false)
  return given.map((g) => Boolean(g) && (i.figure.lower ? g.n / g.d > funnelLimit(target, g.d, 0.999)
    : g.n / g.d < funnelLimit(target, g.d, 0.001)))
}

// --- groups: places, grades, the last ones ---------------------------------------------------------------------------
function rankGroup(scheme, group, below) {
  const bytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))
  const v = [...group].sort((a, b) => (a.veto >= 0) - (b.veto >= 0) || (a.total > b.total ? -1 : a.total < b.total ? 1 : bytes(a.code, b.code)))
  const level = (a, b) => a.total === b.total && a.veto >= 0 === b.veto >= 0
  const units = v.map((r) => ({ x: Number(r.points), se: r.se }))
  const k = scheme.last.count || 3, sets = holm(units, 0.05), beliefs = believed(units)
  v.forEach((r, i) => {
    r.place = i && level(r, v[i - 1]) ? v[i - 1].place : i + 1
    Object.assign(r, sets[i], { last: amongLast(beliefs, i, Math.min(k, v.length)) })
  })
  const used = scheme.grades.map(() => 0)
  for (let i = 0, j; i < v.length; i = j) {
    for (j = i + 1; j < v.length && level(v[i], v[j]);) j++
    let g = 0
    while (g + 1 < scheme.grades.length && (v[i].total < BigInt(scheme.grades[g].from) ||
      (scheme.grades[g].quota && used[g] + (j - i) > Math.floor((v.length * scheme.grades[g].quota) / WHOLE)))) g++
    for (const r of v.slice(i, j)) {
      r.grade = r.veto >= 0 ? scheme.adjusts[r.veto].grade : g
      if (r.veto < 0) used[g]++
    }
  }
  const { count, probability, funnel, points } = scheme.last
  for (const r of v) {
    r.struck = Boolean(count && r.place + k > v.length && v.length > count && r.last * WHOLE >= probability && (!funnel || below.get(r.code)))
    if (r.struck) r.total = within(r.total - BigInt(points), BigInt(scheme.least), BigInt(scheme.most))
  }
}

function recompute(scheme, inputs) {
  const results = inputs.units.map((u) => scoreUnit(scheme, u))
  const below = new Map(farBelow(scheme, inputs).map((b, i) => [inputs.units[i].code, b]))
  const rest = scheme.groups.findIndex((g) => g.units.length === 0)
  for (const r of results) {
    const named = scheme.groups.findIndex((g) => g.units.includes(r.code))
    r.group = named < 0 ? rest : named
    demand(r.group >= 0, `${r.code} stands in no group`)
  }
  scheme.groups.forEach((_, g) => {
    const own = results.filter((r) => r.group === g && r.applies)
    if (own.length) rankGroup(scheme, own, below)
  })
  const by = (list, of) => Object.fromEntries(list.map((x, i) => [x.id, of(i)]))
  return canonical({
    scheme: scheme.id, v: 1, units: results.map((r) => ({
      adjusts: by(scheme.adjusts, (i) => r.adjusts[i]), applies: r.applies, code: r.code,
      grade: r.applies ? scheme.grades[r.grade].id : '', group: scheme.groups[r.group].id, high: r.high,
      indicators: by(scheme.indicators, (i) => r.nodes[i]), last: rounded(r.last * WHOLE), low: r.low, place: r.place, points: r.points,
      published: divided(r.total, 100n), struck: r.struck, total: r.total, veto: r.veto < 0 ? '' : scheme.adjusts[r.veto].id,
    })),
  })
}

// --- the whole ------------------------------------------------------------------------------------------------------------
function firstDifference(a, b) {
  const x = JSON.parse(a).units, y = JSON.parse(b).units, differs = (u, i, key) => JSON.stringify(u[key]) !== JSON.stringify(y[i]?.[key])
  const [first] = x.flatMap((u, i) => Object.keys(u).filter((key) => differs(u, i, key)).map((key) => `${u.code}, ${key}`))
  return first ?? 'the units'
}

function check(bundle, vkey) {
  demand(!vkey || vkey.trim() === bundle.vkey, 'the bundle names another log than the key that was given')
  const { log, head } = provenEvents(bundle, readKey(bundle.vkey))
  const event = log.find((e) => e.subject === `round/${bundle.round}` && e.move === 'freeze' && e.data.version === bundle.version)
  demand(event, 'the freezing of this version is not among the events')
  demand(hex(bundle.inputs) === event.data.inputs, 'the inputs are not those whose hash is in the log')
  demand(hex(bundle.result) === event.data.result, 'the result is not the one whose hash is in the log')
  const inputs = JSON.parse(bundle.inputs)
  demand(hashOfCases(bundle.cases) === event.data.cases, 'the cases are not those whose hash is in the log')
  demand(inputs.scheme === bundle.scheme.id, 'the scheme is another one')
  checkInstitution(bundle, log, event)
  checkEvents(bundle, log, inputs.log ?? event.index)
  checkFigures(bundle.scheme, inputs, bundle.cases)
  checkIndex(bundle, log)
  const result = recompute(bundle.scheme, inputs)
  demand(result === bundle.result, `the result differs: ${firstDifference(result, bundle.result)}`)
  return `${bundle.round} version ${bundle.version}: recomputed from ${log.length} events, ${bundle.cases.length} cases of ${inputs.units.length} units ` +
    `and ${bundle.months.length} months of the index, the same to the byte; entry ${event.index} of the log ${head.origin} (${head.size} entries)`
}

try {
  const [file, key] = process.argv.slice(2)
  const bundle = JSON.parse(readFileSync(file, 'utf8'))
  if (bundle.bundle !== 2) throw new SyntaxError('this is no bundle of a round')
  console.log(check(bundle, key && readFileSync(key, 'utf8')))
} catch (e) {
  console.error(`verify-result: ${e.message}`)
  process.exit(e instanceof Differs ? 1 : 2)
}
