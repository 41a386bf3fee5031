// Does the program do what api/openapi.yaml says, and does the file say all that the program does?
import assert from 'node:assert/strict'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { generateKeyPairSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { City } from './city.mjs'
import { custodians } from './custodians.mjs'
import { api, answered, faults, keywords, operations, resolve, root, routes } from './contract.mjs'

const plainPath = (p) => p.replace(/\*\}/g, '}')
const nameOf = (r) => `${r.method} ${plainPath(r.path)}`

// A field of the program's tables as the contract must write it.
function expected(field) {
  const schema = {
    text: { type: 'string' }, integer: { type: 'integer' }, boolean: { type: 'boolean' },
    day: { type: 'string', format: 'date' }, instant: { type: 'string', format: 'date-time' },
    texts: { type: 'array' }, json: { type: 'object' },
  }[field.type]
  if (field.one_of) return { ...schema, enum: field.one_of.split('|') }
  if (field.type === 'text') return { ...schema, minLength: field.least ?? 0, maxLength: field.most }
  if (field.type === 'integer') return { ...schema, minimum: field.least, maximum: field.most }
  if (field.type === 'texts') return { ...schema, minItems: field.least ?? 0, maxItems: field.most }
  return schema
}

function documented(schema) {
  const { type, format, enum: words, minLength, maxLength, minimum, maximum, minItems, maxItems } = resolve(schema)
  const all = { type, format, enum: words, minLength, maxLength, minimum, maximum, minItems, maxItems }
  return Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined))
}

const parameters = (op, where) => (op.parameters ?? []).map(resolve).filter((p) => p.in === where)

function compare(what, fields, schemas, required) {
  assert.deepEqual(Object.keys(schemas).sort(), fields.map((f) => f.name).sort(), `${what}: names`)
  for (const f of fields) {
    assert.deepEqual(documented(schemas[f.name]), expected(f), `${what} ${f.name}`)
    assert.equal(required.includes(f.name), f.required, `${what} ${f.name}: required`)
  }
}

test('every route is documented, and every documented route is there', () => {
  assert.deepEqual(operations.map((o) => `${o.method} ${o.address}`).sort(), routes.map(nameOf).sort())
})

for (const route of routes) {
  const found = operations.find((o) => `${o.method} ${o.address}` === nameOf(route))
  if (!found) continue
  test(`${nameOf(route)} takes what is documented`, () => {
    const { op } = found
    assert.equal(op['x-permission'], route.permission)
    assert.equal(op.summary, route.summary)
    assert.deepEqual(parameters(op, 'path').map((p) => `{${p.name}}`), found.address.match(/\{[^}]+\}/g) ?? [])
    const query = parameters(op, 'query')
    compare('query', route.query, Object.fromEntries(query.map((p) => [p.name, p.schema])),
      query.filter((p) => p.required).map((p) => p.name))
    const body = resolve(op.requestBody?.content['application/json']?.schema) ?? { properties: {}, required: [] }
    compare('body', route.body, body.properties, body.required ?? [])
    const headers = parameters(op, 'header').map((p) => p.name)
    assert.equal(headers.includes('If-Match'), route.if_match, 'If-Match')
    assert.equal(headers.includes('Idempotency-Key'), route.idempotency_key, 'Idempotency-Key')
  })
}

test('the contract is whole: references lead somewhere, nothing is left unused', () => {
  const used = new Set()
  const walk = (v) => {
    if (typeof v !== 'object' || v === null) return
    if (v.$ref) {
      used.add(v.$ref)
      assert.ok(resolve(v))
    }
    Object.values(v).forEach(walk)
  }
  walk(api)
  for (const [part, things] of Object.entries(api.components)) {
    for (const name of Object.keys(things)) assert.ok(used.has(`#/components/${part}/${name}`), `${name} is not used`)
  }
  const schema = (s) => {
    for (const key of Object.keys(s)) assert.ok(keywords.has(key), `"${key}" in ${JSON.stringify(s).slice(0, 100)}`)
    Object.values(s.properties ?? {}).forEach(schema)
    if (s.items) schema(s.items)
  }
  Object.values(api.components.schemas).forEach(schema)
  for (const { address, op } of operations) {
    assert.ok(op.tags?.every((t) => api.tags.some((known) => known.name === t)), `${address}: tags`)
    for (const p of (op.parameters ?? []).map(resolve)) assert.ok(p.description, `${address} ${p.name}: no description`)
  }
})

test('the validator sees faults', () => {
  const line = { $ref: '#/components/schemas/Unit' }
  const unit = { code: 'A', name: 'B', kind: 'organ', parent: '', opened: null, closed: null, successor: '', origin: '' }
  const { parent, ...without } = unit
  assert.deepEqual(faults(line, unit), [])
  assert.match(faults(line, without)[0], /parent is missing/)
  assert.match(faults(line, { ...unit, code: 1 })[0], /is integer/)
  assert.match(faults(line, { ...unit, x: 1 })[0], /not documented/)
  assert.match(faults({ $ref: '#/components/schemas/Instant' }, '2026-09-30')[0], /date-time/)
  assert.match(faults({ $ref: '#/components/schemas/Limit' }, '5 days')[0], /does not match/)
})

// tests/packs/raters, with an index whose base is the month from FROM on.
function indexed(from) {
  const dir = mkdtempSync(path.join(tmpdir(), 'huiyin-pack-'))
  cpSync(path.join(root, 'tests/packs/raters'), dir, { recursive: true })
  appendFileSync(path.join(dir, 'schemes/review.yaml'), `index: [{figure: in_time_share, weight: 100%}]\nindex_base: {from: ${from}}\n`)
  return dir
}

test('every route answers as documented', async (t) => {
  const pack = indexed(`${new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 7)}-01`)
  const city = await City.start({ packs: ['packs/base', pack] })
  rmSync(pack, { recursive: true })
  t.after(() => city.stop())
  const status = async (wanted, method, address, more) => {
    const answer = await city.ask(method, address, more)
    assert.equal(answer.status, wanted, `${method} ${address}: ${answer.text.slice(0, 300)}`)
    return answer
  }
  const by = { role: 'desk' }
  const filed = await status(201, 'POST', '/api/v1/matters',
    { body: { kind: 'complaint', by, data: { title: '路灯不亮', body: '三天了', channel: 'web' } } })
  const { code, secret } = filed.json
  const one = `/api/v1/matters/${code}`
  assert.equal(filed.headers.get('location'), one)
  assert.match(filed.json.clocks.map((c) => c.limit).join(' '), /3wd 30cd/)

  for (const address of ['/healthz', '/readyz', '/metrics', '/problems/stale', '/api/v1/matters', one, `${one}/clock`,
    `${one}/receipt`, `${one}?role=desk&lang=en`, '/api/v1/institution', '/api/v1/kinds', '/api/v1/rules', '/api/v1/units',
    '/api/v1/permissions', '/api/v1/access', '/api/v1/public/similar?kind=complaint&class=urban_rural', '/api/v1/settings', '/api/v1/calendar/2026', '/api/v1/calendar/due?from=2026-09-30&limit=5wd', '/log/checkpoint', '/log/vkey',
    '/api/v1/supervision?by=unit&from=2026-01-01', '/api/v1/supervision/figures', '/api/v1/supervision/figures/open/matters',
    '/api/v1/supervision/flow', '/api/v1/supervision/flow/matters?from_unit=a&to_unit=-', '/api/v1/supervision/changes',
    '/api/v1/supervision/quality', '/api/v1/supervision/quality/entered_late/matters',
    '/log/tile/entries/000.p/1', '/log/tile/0/000.p/2', '/api/v1/log/consistency?old=1']) {
    await status(200, 'GET', address)
    await status(200, 'HEAD', address)
  }
  for (const list of ['channels', 'roles', 'classes', 'pause_grounds', 'close_grounds', 'decline_grounds', 'return_grounds',
    'reopen_grounds', 'annul_grounds', 'handoff_grounds', 'findings', 'rating_reasons', 'problem_categories']) {
    const words = await status(200, 'GET', `/api/v1/lists/${list}`)
    assert.ok(words.json.words.length > 0, list)
  }
  await status(200, 'PUT', '/api/v1/settings/backup.oldest', { body: { value: '72h' } })
  await status(200, 'DELETE', '/api/v1/settings/backup.oldest')
  await status(200, 'PUT', '/api/v1/units/gongan', { body: { name: '市公安局', parent: 'zhujian' } })
  await status(200, 'GET', '/api/v1/units/gongan')
  for (const [parts, more] of [[['jing1=一支队'], { keep: true }], [['jing2=二支队', 'jing3=三支队'], {}]]) {
    const unit = parts[0] === 'jing1=一支队' ? 'zhujian' : 'jing1'
    await status(200, 'POST', `/api/v1/units/${unit}/split`, { body: { parts, ...more } })
  }
  await status(200, 'POST', '/api/v1/units/jing2/merge', { body: { into: 'jing3' } })
  await status(200, 'PUT', '/api/v1/posts/p1', { body: { title: '受理岗', unit: 'jing3', role: 'handler' } })
  await status(200, 'GET', '/api/v1/posts/p1')
  await status(200, 'POST', '/api/v1/posts/p1/hand-over', { body: { seat: 'a' } })
  const away = await status(200, 'POST', '/api/v1/absences', { body: { kind: 'training', until: '2126-01-01T00:00:00+08:00' } })
  await status(200, 'POST', `/api/v1/absences/${away.json.id}/end`)
  const officer = (await status(200, 'GET', '/api/v1/access', { token: city.tokens.officer })).json.account
  const reason = { reason: '试' }
  const give = { account: officer, role: 'handler', unit: 'jing3', ...reason }
  for (const tail of ['approve', 'revoke']) {
    const { json } = await status(201, 'POST', '/api/v1/grants', { body: give })
    const token = city.tokens[tail === 'approve' ? 'admin' : 'security']
    await status(200, 'POST', `/api/v1/grants/${json.id}/${tail}`, { body: reason, token })
  }
  await status(200, 'GET', '/api/v1/grants')
  for (const list of ['posts', 'plates', 'absences']) await status(200, 'GET', `/api/v1/${list}`)
  for (const table of ['units', 'posts']) {
    const out = await status(200, 'GET', `/api/v1/tables/${table}?form=csv`)
    await status(200, 'POST', `/api/v1/tables/${table}?preview=true`, { raw: out.bytes })
  }
  await status(200, 'POST', '/api/v1/posts/p1/close', { body: {} })
  await status(200, 'POST', '/api/v1/units/jing3/close', { body: {} })
  await status(200, 'POST', '/api/v1/lookup', { body: { code, secret } })
  await status(200, 'POST', '/api/v1/public/news', { body: { code, secret, set: false } })
  const move = { move: 'dispatch', by: { role: 'desk' }, data: { unit: 'gongan' } }
  await status(200, 'POST', `${one}/moves/preview`, { body: move })
  await status(200, 'POST', `${one}/moves`, { body: move, headers: { 'if-match': filed.etag } })

  // What is asked for with its own ETag has not changed.
  for (const address of [one, '/api/v1/kinds', '/api/v1/rules', '/api/v1/lists/roles', '/api/v1/calendar/2026', '/log/checkpoint']) {
    const { etag } = await status(200, 'GET', address)
    assert.equal((await status(304, 'GET', address, { headers: { 'if-none-match': etag } })).bytes.length, 0)
    await status(200, 'GET', address, { headers: { 'if-none-match': '"another"' } })
  }

  // A reporter, and the three people it takes to know who it is.
  const keepers = await custodians(city)
  const told = await status(201, 'POST', '/api/v1/public/matters',
    { body: { kind: 'complaint', protect: true, data: { title: '索要好处', body: '我叫王小明，电话13800138000', name: '欧阳守密' } } })
  const own = { code: told.json.code, secret: told.json.secret }
  await status(200, 'POST', '/api/v1/public/identity', { body: { ...own, name: '欧阳守密', contact: '13900139000' } })
  await status(200, 'POST', '/api/v1/public/moves', { body: { ...own, move: 'withdraw', data: { ground: 'withdrawn' } } })
  const secret1 = `/api/v1/matters/${own.code}`
  await status(201, 'POST', `${secret1}/identity`, { body: { purpose: '核实打击报复' } })
  await status(201, 'POST', `${secret1}/identity`, { body: { purpose: '再次核实打击报复' } })
  await status(200, 'GET', `${secret1}/identity`)
  await status(200, 'GET', '/api/v1/identity/requests')
  const packet = await status(200, 'GET', '/api/v1/identity/requests/1/packet?custodian=1', { token: keepers.token.a })
  await status(200, 'POST', '/api/v1/identity/requests/1/consent?custodian=1', { token: keepers.token.a, body: { consent: keepers.consent('a', packet.text) } })
  await status(200, 'POST', '/api/v1/identity/requests/2/refuse?custodian=1', { token: keepers.token.a })
  const sealed = await status(200, 'POST', '/api/v1/identity/requests/1/open?custodian=2', { token: keepers.token.b })
  assert.deepEqual(keepers.open('b', sealed.text), { name: '欧阳守密', contact: '13900139000' })
  const key = `huiyin-custodian-1 ${generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex')}`
  const offered = await status(201, 'POST', '/api/v1/custodians', { token: keepers.token.a, body: { group: 'a', key, label: '纪检副组长' } })
  await status(200, 'POST', `/api/v1/custodians/${offered.json.id}/name`)
  await status(200, 'POST', `/api/v1/custodians/${offered.json.id}/remove`, { token: keepers.token.a })
  assert.equal((await status(200, 'GET', '/api/v1/custodians')).json.complete, true)
  await status(200, 'GET', `${secret1}/redaction`)
  await status(204, 'POST', `${secret1}/redaction`,
    { body: { seq: 1, field: 'body', redaction: { spans: [{ from: 2, to: 5, kind: 'name' }] } } })

  const picture = readFileSync(path.join(root, 'tests/fixtures/media/turned.jpg'))
  const citizen = { 'x-matter-code': own.code, 'x-matter-secret': own.secret }
  await status(201, 'POST', '/api/v1/public/files', { raw: picture, headers: citizen })
  await status(201, 'POST', `${one}/files`, { raw: picture })
  await status(200, 'GET', `${one}/files`)
  await status(200, 'GET', `${one}/files/1`)
  await status(200, 'POST', `${one}/files/1/original`)
  await status(200, 'POST', '/api/v1/public/data', { body: own })
  const caller = { contact: '13900000123' }
  await status(201, 'POST', '/api/v1/matters', { body: { kind: 'complaint', by, data: { title: '路灯不亮', unit: 'gongan', name: '张三', ...caller } } })
  assert.equal((await status(200, 'POST', '/api/v1/persons/data', { body: caller })).json.matters.length, 1)
  assert.equal((await status(200, 'POST', '/api/v1/persons/erase', { body: { ...caller, basis: '本人申请' } })).json.open.length, 1)
  await status(200, 'POST', '/api/v1/public/receipt', { body: own })
  await status(200, 'GET', '/api/v1/public/figures?from=2026-01-01&to=2026-12-31')
  await status(200, 'POST', '/api/v1/public/requests', { body: { ...own, ask: 'erase', text: '请删除我的姓名' } })
  // An item of the catalogue, from entry to its end and back.
  await status(200, 'PUT', '/api/v1/units/tujian', { body: { name: '土建局', opened: '2026-01-01' } })
  const item = '/api/v1/items/zj-1', content = { name: '施工许可', type: 'licence', unit: 'tujian', statutory: '15wd',
    fees: [{ name: '工本费', standard: '10元', basis: '条例' }] }
  await status(200, 'PUT', item, { body: { content, from: '2026-01-01' } })
  await status(200, 'PUT', '/api/v1/items/zj-2', { body: { content, from: '2026-01-01' } })
  for (const [move, more] of [['cut', {}], ['restore', {}], ['merge', { into: 'zj-2' }], ['restore', {}], ['hand-down', { to: '县局' }]]) {
    await status(200, 'POST', `${item}/${move}`, { body: { document: '〔2026〕1号', from: '2026-02-01', ...more } })
  }
  for (const address of ['/api/v1/items', item, `${item}/flow`, '/api/v1/item-fees',
    '/api/v1/item-report?from=2026-01-31&to=2026-02-01&by=unit&against_x100=1150',
    '/api/v1/item-report/items?from=2026-01-31&to=2026-02-01&figure=gone',
    '/api/v1/tables/item-report?from=2026-01-31&to=2026-02-01&by=unit']) await status(200, 'GET', address)
  // A licence case on an item: joint review, its papers, who sits where.
  const applied = (await status(201, 'POST', '/api/v1/public/matters', { body: { kind: 'licence', data: { title: '厂房施工', item: 'zj-2', name: '张三', agent: '李四', authority: '委托书' } } })).json
  const claim = { code: applied.code, secret: applied.secret }, licence = `/api/v1/matters/${applied.code}`
  await city.made(applied.code, 'accept', 'desk', {})
  await city.made(applied.code, 'co_handle', 'desk', { units: ['gongan'] })
  assert.equal((await status(200, 'GET', '/api/v1/assists')).json.assists[0].unit, 'gongan')
  await status(200, 'GET', `/api/v1/assists/${applied.code}`)
  await status(200, 'POST', `/api/v1/assists/${applied.code}/opinion`, { body: { text: '同意' } })
  const letters = (await status(200, 'GET', `${licence}/letters`)).json.letters
  assert.deepEqual(letters.map((l) => l.form), ['accept'])
  await status(200, 'GET', `${licence}/letter?seq=${letters[0].seq}`)
  await status(200, 'POST', '/api/v1/public/letters', { body: claim })
  await status(200, 'POST', '/api/v1/public/letter', { body: { ...claim, seq: letters[0].seq } })
  await status(404, 'POST', '/api/v1/public/letter', { body: { ...claim, seq: 1 } })
  await status(200, 'GET', '/api/v1/public/boards/tujian')
  await status(200, 'GET', '/api/v1/public/boards/tujian/paper?form=open')
  await status(200, 'GET', '/api/v1/tables/matters?form=xlsx')
  const items = await status(200, 'GET', '/api/v1/tables/items')
  await status(200, 'POST', '/api/v1/tables/items?preview=true', { raw: items.bytes })
  // A round of appraisal, from open to final.
  await status(200, 'PUT', '/api/v1/units/kaohe', { body: { name: '考核局', opened: '2026-01-01' } })
  const rounds = '/api/v1/rounds', round = `${rounds}/conduct-2026-10`
  await status(201, 'POST', rounds, { body: { scheme: 'conduct', from: '2026-10-01' } })
  await status(200, 'POST', `${round}/marks`, { body: { unit: 'kaohe', of: 'inspection', value: 800000, evidence: '检查记录' } })
  const judged = (await city.file('complaint', { title: '噪声', channel: 'web', unit: 'kaohe' }, { at: '2026-10-12T09:00:00+08:00' })).json
  // Whoever repeats it gets the first answer, and not that a correction needs a reason.
  const once = { body: {}, headers: { 'idempotency-key': 'freeze-2026-10' } }
  const frozen = await status(200, 'POST', `${round}/freeze`, once)
  assert.deepEqual((await status(200, 'POST', `${round}/freeze`, once)).json, frozen.json)
  await status(400, 'POST', `${round}/freeze`, { body: {} })
  for (const address of [rounds, round, `${round}?version=1`, '/api/v1/warnings?unit=kaohe', `${round}/units/kaohe`, `${round}/table?form=csv`,
    `${round}/units/kaohe/file?form=pdf`]) await status(200, 'GET', address)
  await status(200, 'GET', `${round}/units/kaohe/cases/${judged.code}`)
  await status(404, 'GET', `${round}/units/kaohe/cases/TS-2026-999999`)
  await status(200, 'POST', `${round}/publish`)
  await status(200, 'GET', `${round}/circular`)
  await status(200, 'GET', '/api/v1/brief?from=2026-10-01')
  const open = '/api/v1/public/rounds'
  for (const address of ['', '/conduct-2026-10', '/conduct-2026-10/table', '/conduct-2026-10/bundle']) await status(200, 'GET', open + address)
  await status(201, 'POST', `${round}/objections`, { body: { unit: 'kaohe', of: 'in_time', reason: '当日停电' } })
  await status(200, 'POST', `${round}/objections/1/decision`, { token: city.tokens.second, body: { upheld: false, reason: '已补查' } })
  await status(200, 'GET', `${round}/objections`)
  // Raters, with codes.
  const day = (n) => new Date(Date.now() + (8 + 24 * n) * 3600e3).toISOString().slice(0, 10)
  const month = day(0).slice(0, 7)
  await status(201, 'POST', rounds, { body: { scheme: 'review', from: `${month}-01` } })
  const surveys = `${rounds}/review-${month}/surveys`
  const { survey } = (await status(201, 'POST', surveys, { body: { panel: 'panel', raters: 'people', from: day(0), until: day(1), units: ['kaohe'] } })).json
  const { codes } = (await status(201, 'POST', `/api/v1/surveys/${survey.code}/codes`, { body: { count: 1 } })).json
  await status(200, 'POST', '/api/v1/rating-form', { body: { code: codes[0] }, token: null })
  await status(200, 'POST', '/api/v1/ratings', { body: { code: codes[0], nonce: 'x'.repeat(22), ratings: { kaohe: ['good', null] } }, token: null })
  await status(200, 'POST', `/api/v1/surveys/${survey.code}/void`, { body: { reason: '试填' } })
  await status(200, 'GET', surveys)
  await city.file('complaint', { title: '月度指数', channel: 'web', unit: 'kaohe' })
  await status(409, 'GET', '/api/v1/indices/review')

  // A new institution by two people, and one that is turned down.
  const ours = { files: [{ path: 'pack.yaml', text: 'pack: ours\nversion: 1\njurisdiction: CN\ntitle: {zh-CN: 本市, zh-Hant: 本市, en: Ours}\n' }] }
  const packs = { packs: { folders: [{ name: 'base', version: 1 }, { name: 'raters', version: 1 }, ours] } }, proposals = '/api/v1/institution/proposals'
  assert.equal((await status(200, 'POST', '/api/v1/institution/draft', { body: packs })).json.good, true)
  for (const step of ['refuse', 'approve']) {
    const { json } = await status(201, 'POST', proposals, { body: { ...packs, ...reason } })
    const { draft } = (await status(200, 'GET', `${proposals}/${json.id}`)).json
    await status(200, 'POST', `${proposals}/${json.id}/${step}`, { token: city.tokens.security, body: step === 'refuse' ? reason : { ...reason, version: draft.base } })
  }
  await status(200, 'GET', proposals)
  await status(200, 'GET', '/api/v1/institution/versions')
  await city.at(new Date(Date.now() + 45 * 86400e3).toISOString())
  await status(200, 'POST', `${round}/finish`)
  await status(200, 'POST', `${rounds}/review-${month}/freeze`, { body: {} })
  await status(200, 'GET', '/api/v1/indices')
  await status(404, 'GET', '/api/v1/indices/conduct')
  await status(200, 'GET', '/api/v1/indices/review')

  // By now cards have come by themselves.
  let cards = []
  for (let i = 0; i < 100 && cards.length < 2; i++) {
    if (i) await new Promise((done) => setTimeout(done, 100))
    cards = (await status(200, 'GET', '/api/v1/cards')).json.cards
  }
  await status(200, 'GET', '/api/v1/card-counts')
  await status(200, 'GET', `/api/v1/cards/${cards[0].code}`)
  const standing = cards.find((k) => k.level !== 'warning')
  const mended = await status(200, 'POST', `/api/v1/cards/${standing.code}/rectification`, { body: { title: '限期整改' } })
  await status(200, 'GET', `/api/v1/matters/${mended.json.rectification.code}/notice`)
  await status(200, 'GET', `/api/v1/cards/${cards[0].code}/notices`)
  const noticed = await status(201, 'POST', '/api/v1/notices', { body: { form: 'supervision', card: standing.code, data: {} } })
  await status(200, 'GET', '/api/v1/notices?form=supervision&open=yes&order=due&limit=1')
  await status(200, 'GET', `/api/v1/matters/${noticed.json.notices[0].code}/notice?form=receipt`)
  await status(200, 'GET', '/api/v1/rectifications?open=yes&limit=1')
  await status(200, 'GET', '/api/v1/tables/rectifications?form=xlsx')
  const at = await status(200, 'GET', `/api/v1/matters/${mended.json.rectification.code}`)
  await status(200, 'POST', `/api/v1/matters/${mended.json.rectification.code}/moves`, { body: { move: 'expose', by: { role: 'efficacy_office' }, data: { told: '窗口无人', approver: 'leader' } }, headers: { 'If-Match': at.etag } })
  await status(200, 'GET', '/api/v1/public/exposures?limit=1')
  await status(200, 'POST', `/api/v1/cards/${cards[0].code}/contest`, { body: { reason: '停电' } })
  await status(200, 'POST', `/api/v1/cards/${cards[1].code}/decision`, { body: { upheld: false, reason: '误发' } })

  // A problem list, reviewed by somebody else, and one of its lines in the ledger.
  const lines = [{ category: 'ill_delay', example: '让办证的王某为一份证明跑了三趟', date: '2026-02-11', cause: '未一次告知', measure: '印发清单', responsible: '李某', due: '2026-12-31' }]
  await status(200, 'POST', '/api/v1/problem-lists/check', { body: { data: { lines } } })
  const list = await status(201, 'POST', '/api/v1/matters', { body: { kind: 'problem_list', by: { role: 'unit_head' }, data: { title: '问题清单', unit: 'gongan', class: 'unit_list', lines } } })
  await status(200, 'POST', `/api/v1/matters/${list.json.code}/moves`, { token: city.tokens.second, body: { move: 'accept' }, headers: { 'if-match': '*' } })
  await status(200, 'GET', `/api/v1/problem-lists/${list.json.code}`)
  await status(200, 'GET', `/api/v1/problem-lists/${list.json.code}/copies?least=60`)
  await status(200, 'POST', `/api/v1/problem-lists/${list.json.code}/ledger`, { body: { line: 1 } })

  // Everything documented was seen to succeed; login.test.mjs, oidc.test.mjs and accounts.test.mjs see to logging in,
  // accounts and the audit, mail.test.mjs to what goes out.
  for (const { method, address, op } of operations.filter((o) => !o.op.tags.some((tag) => ['login', 'oidc', 'accounts', 'audit', 'outgoing'].includes(tag)))) {
    for (const wanted of Object.keys(op.responses).filter((s) => s < 400)) {
      assert.ok(answered.get(`${method} ${address}`)?.has(Number(wanted)), `${method} ${address} never answered ${wanted}`)
    }
  }

  await t.test('and refuses as documented', async () => {
    const problem = async (wanted, key, method, address, more) => {
      const answer = await status(wanted, method, address, more)
      assert.equal(answer.json.code, key, `${method} ${address}: ${answer.text}`)
      return answer.json
    }
    await problem(404, 'not_found', 'GET', '/problems/nonsense')
    await problem(404, 'not_found', 'GET', '/api/v1/matters/TS-1999-000001')
    await problem(404, 'not_found', 'GET', '/api/v1/matters/TS-1999-000001/clock')
    await problem(404, 'not_found', 'GET', '/api/v1/matters/TS-1999-000001/receipt')
    await problem(404, 'not_found', 'GET', '/api/v1/lists/nonsense')
    await problem(404, 'not_found', 'GET', '/api/v1/calendar/1066')
    await problem(404, 'not_found', 'GET', '/api/v1/calendar/year')
    await problem(404, 'not_found', 'GET', '/log/tile/0/999')
    await problem(404, 'not_found', 'GET', '/log/tile/entries/999.p/255')
    await problem(404, 'not_found', 'GET', '/log/tile/0/0')
    await problem(404, 'no_route', 'GET', '/api/v1/nonsense')
    await problem(405, 'no_method', 'DELETE', '/api/v1/matters')
    await problem(400, 'bad_field', 'GET', '/api/v1/matters?limit=201')
    await problem(400, 'bad_field', 'GET', '/api/v1/matters?light=purple')
    await problem(400, 'bad_field', 'GET', '/api/v1/matters?colour=red')
    await problem(400, 'bad_field', 'GET', '/api/v1/matters?cursor=nonsense')
    await problem(400, 'bad_field', 'GET', '/api/v1/matters?lang=fr')
    await problem(400, 'bad_field', 'GET', '/api/v1/calendar/due?limit=5wd')
    await problem(400, 'bad_field', 'GET', '/api/v1/calendar/due?from=2026-09-30')
    await problem(400, 'bad_field', 'GET', '/api/v1/calendar/due?from=2026-09-30&rule=LIC_DECID')
    await problem(422, 'no_rule', 'GET', '/api/v1/calendar/due?from=2001-01-01&rule=LIC_DECIDE')
    await problem(400, 'bad_field', 'GET', '/api/v1/log/consistency')
    await problem(404, 'not_found', 'GET', '/api/v1/cards/KP-1999-000001')
    await problem(404, 'not_found', 'GET', '/api/v1/supervision/figures/nonsense/matters')
    await problem(400, 'bad_field', 'GET', '/api/v1/supervision?by=colour')
    await problem(400, 'bad_field', 'GET', '/api/v1/supervision?from=2026-02-01&to=2026-01-31')
    await problem(404, 'not_found', 'GET', '/api/v1/supervision/quality/nonsense/matters')
    await problem(400, 'bad_field', 'GET', '/api/v1/supervision/figures/open/matters?group=gongan')
    await problem(400, 'bad_field', 'GET', '/api/v1/supervision/figures/open/matters?cursor=-1')
    await problem(400, 'bad_field', 'GET', '/api/v1/log/consistency?old=999999')
    await problem(400, 'bad_field', 'PUT', '/api/v1/units/gongan', { body: { name: '公安局', parent: 'nowhere' } })
    await problem(400, 'bad_field', 'PUT', '/api/v1/units/a%20b', { body: { name: '公安局' } })
    await problem(404, 'not_found', 'POST', '/api/v1/lookup', { body: { code, secret: '0000000000000000' } })
    const bare = { move: 'sign', by: { role: 'handler' } }
    await problem(428, 'need_match', 'POST', `${one}/moves`, { body: bare })
    await problem(412, 'stale', 'POST', `${one}/moves`, { body: bare, headers: { 'if-match': filed.etag } })
    await problem(412, 'stale', 'POST', `${one}/moves`, { body: bare, headers: { 'if-match': '"nonsense"' } })
    await problem(404, 'not_found', 'POST', '/api/v1/matters/TS-1999-000001/moves', { body: bare, headers: { 'if-match': '*' } })
    await problem(404, 'not_found', 'POST', '/api/v1/matters/TS-1999-000001/moves/preview', { body: bare })
  })
})
