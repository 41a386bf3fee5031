// A new institution over HTTP: looked at, proposed by one person, brought into force by another.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { City, noted, run } from './city.mjs'
import { root } from './contract.mjs'

// A folder of packs/ as a browser sends it.
function folder(name, change = (file, text) => text) {
  const dir = path.join(root, 'packs', name)
  const files = readdirSync(dir, { recursive: true }).filter((f) => f.endsWith('.yaml')).sort()
  return { files: files.map((f) => ({ path: f, text: change(f, readFileSync(path.join(dir, f), 'utf8')) })) }
}
const packs = (...folders) => ({ packs: { folders } })
const OURS = (limit) => ({ files: [
  { path: 'pack.yaml', text: 'pack: ours\nversion: 2027.1.1\njurisdiction: CN-x\ntitle: {zh-CN: 本市, zh-Hant: 本市, en: Ours}\n' },
  { path: 'rules/noise.yaml', text: `rules:\n  - id: NOISE\n    title: {zh-CN: 噪声, zh-Hant: 噪聲, en: Noise}\n    from: {zh-CN: 甲, zh-Hant: 甲, en: a}\n    to: {zh-CN: 乙, zh-Hant: 乙, en: b}\n    source: D\n    values:\n      - {limit: ${limit}, clause: 本市规定 第三条}\n` },
] })
const texts = (draft, area) => draft.changes.filter((c) => c.area === area).map((c) => c.text)
const notice = (days) => JSON.stringify({ year: 2027, papers: ['https://www.gov.cn/2027'], days: days.map(([date, isOffDay, name]) => ({ name, date, isOffDay })) })

test('institution', async (t) => {
  const city = await City.start({ clock: '2026-12-21T09:00:00+08:00' })
  t.after(() => city.stop())
  const as = (who) => (method, address, body, headers) => city.ask(method, `/api/v1${address}`, { body, headers, token: city.tokens[who] })
  const [admin, security, audit, officer] = ['admin', 'security', 'audit', 'officer'].map(as)

  await t.test('what is wrong is told with file, line and column, and changes nothing', async () => {
    const bad = await admin('POST', '/institution/draft', packs({ name: 'base', version: 1 }, OURS('5xx')))
    assert.equal(bad.status, 200, bad.text)
    assert.equal(bad.json.good, false)
    assert.equal(bad.json.messages[0].file, 'ours/rules/noise.yaml')
    assert.ok(bad.json.messages[0].line > 5, bad.text)
    const refused = await admin('POST', '/institution/proposals', { ...packs({ name: 'base', version: 1 }, OURS('5xx')), reason: '试' })
    assert.equal(refused.json.code, 'bad_pack')
    assert.match(refused.json.detail, /ours\/rules\/noise\.yaml:\d+:\d+/)
    assert.equal((await admin('POST', '/institution/draft', {})).json.field, 'packs')
    assert.equal((await admin('POST', '/institution/draft', { ...packs({ name: 'base', version: 1 }), notice: 'x' })).json.field, 'packs')
    assert.equal((await admin('POST', '/institution/draft', packs({ name: 'base', version: 9 }))).json.field, 'version')
    assert.equal((await admin('POST', '/institution/draft', packs({ name: 'none', version: 1 }))).json.field, 'packs')
    assert.equal((await admin('POST', '/institution/draft', packs({ name: 'base' }))).json.field, 'packs')
    assert.equal((await admin('POST', '/institution/draft', packs({ files: [{ path: '../up.yaml', text: '' }] }))).json.code, 'bad_pack')
    assert.deepEqual((await admin('GET', '/institution/proposals')).json.proposals, [])
  })

  await t.test('a test that fails keeps it out', async () => {
    const broken = folder('base', (file, text) => file === 'rules/licence.yaml' ? text.replaceAll('limit: 20wd', 'limit: 19wd') : text)
    const found = (await admin('POST', '/institution/draft', packs(broken))).json
    assert.equal(found.good, false)
    assert.ok(found.tests.failed > 0 && found.tests.passed > 0, JSON.stringify(found.tests).slice(0, 300))
    assert.match(found.tests.failures[0].file, /^base\/tests\//)
    assert.ok(texts(found, 'rule').some((x) => /20个工作日.*改为.*19个工作日/.test(x['zh-CN'])), JSON.stringify(found.changes).slice(0, 400))
    assert.equal((await admin('POST', '/institution/proposals', { ...packs(broken), reason: '试' })).json.code, 'bad_pack')
    const same = await admin('POST', '/institution/proposals', { ...packs({ name: 'base', version: 1 }), reason: '试' })
    assert.equal(same.json.code, 'exists', same.text)
  })

  await t.test('one proposes, another approves; the event names both', async () => {
    const looked = (await admin('POST', '/institution/draft', packs({ name: 'base', version: 1 }, OURS('3wd')))).json
    assert.deepEqual([looked.good, looked.pack, looked.pack_version, looked.base, looked.tests.failed, looked.moved.total], [true, 'ours', '2027.1.1', 1, 0, 0])
    assert.deepEqual(texts(looked, 'rule').map((x) => x.en), ['new: time limit “Noise”: 3 working days (本市规定 第三条)'])
    assert.ok(texts(looked, 'pack').some((x) => x['zh-CN'] === '新增文件夹“ours”'))
    const key = { 'idempotency-key': 'a-proposal-made-once' }
    const made = await admin('POST', '/institution/proposals', { ...packs({ name: 'base', version: 1 }, OURS('3wd')), reason: '本市新规定' }, key)
    assert.equal(made.status, 201, made.text)
    assert.equal((await admin('POST', '/institution/proposals', { ...packs({ name: 'base', version: 1 }, OURS('3wd')), reason: '本市新规定' }, key)).json.id, made.json.id)
    assert.deepEqual([made.json.state, made.json.what, made.json.name, made.json.proposed_by.login, made.json.reason], ['proposed', 'packs', 'ours', 'admin', '本市新规定'])
    const at = `/institution/proposals/${made.json.id}`
    assert.equal((await admin('POST', `${at}/approve`, { reason: '我自己', version: 1 })).json.code, 'forbidden')
    for (const [who, method, where, body] of [[audit, 'POST', `${at}/approve`, { reason: 'x', version: 1 }], [audit, 'POST', `${at}/refuse`, { reason: 'x' }],
      [security, 'POST', '/institution/proposals', { ...packs({ name: 'base', version: 1 }), reason: 'x' }], [officer, 'GET', at], [officer, 'GET', '/institution/versions']]) {
      assert.equal((await who(method, where, body)).status, 403, where)
    }
    const seen = (await security('GET', at)).json
    assert.deepEqual([seen.draft.good, seen.draft.base], [true, 1])
    assert.equal((await security('POST', `${at}/approve`, { reason: '属实', version: 2 })).json.code, 'stale')
    const done = await security('POST', `${at}/approve`, { reason: '属实', version: seen.draft.base })
    assert.equal(done.status, 200, done.text)
    assert.deepEqual([done.json.state, done.json.became, done.json.decided_by.login, done.json.moved], ['approved', 2, 'security', 0])
    assert.equal((await security('POST', `${at}/approve`, { reason: '再来', version: 2 })).json.code, 'not_now')
    assert.equal((await security('GET', at)).json.draft, undefined)
    const { versions } = (await audit('GET', '/institution/versions')).json
    assert.deepEqual(versions.map((v) => [v.version, v.what, v.pack, v.proposed_by.login, v.approved_by.login, v.proposal]),
      [[2, 'packs', 'ours', 'admin', 'security', made.json.id], [1, 'packs', 'base', '', '', 0]])
    assert.deepEqual(versions[0].folders.map((f) => f.name), ['base', 'ours'])
    const now = (await city.get('/api/v1/institution')).json.pack
    assert.deepEqual([now.name, now.versions], ['ours', 2])
    assert.ok((await city.get('/api/v1/rules')).json.rules.some((r) => r.id === 'NOISE'))
    assert.equal(await noted(city, 'pack.activate'), 1)
    const acts = (await audit('GET', '/audit?act=pack.')).json.acts.map((a) => [a.act, a.login])
    assert.deepEqual(acts, [['pack.activate', 'security'], ['pack.propose', 'admin']])
  })

  await t.test('a proposal is turned down, or taken back; an earlier version can be chosen again', async () => {
    const back = packs({ name: 'base', version: 1 })
    const found = (await admin('POST', '/institution/draft', back)).json
    assert.ok(texts(found, 'pack').some((x) => x['zh-CN'] === '取消文件夹“ours”'))
    const one = (await admin('POST', '/institution/proposals', { ...back, reason: '退回' })).json
    const two = (await admin('POST', '/institution/proposals', { ...back, reason: '又退回' })).json
    assert.equal((await security('POST', `/institution/proposals/${one.id}/refuse`, { reason: '不退' })).json.state, 'refused')
    assert.equal((await admin('POST', `/institution/proposals/${two.id}/refuse`, { reason: '收回' })).json.decided_by.login, 'admin')
    assert.equal((await admin('POST', '/institution/proposals/99/refuse', { reason: 'x' })).status, 404)
    const all = (await admin('GET', '/institution/proposals?limit=2')).json
    assert.deepEqual([all.proposals.map((p) => p.id), all.next], [[3, 2], '2'])
    assert.deepEqual((await admin('GET', `/institution/proposals?limit=2&cursor=${all.next}`)).json.proposals.map((p) => p.id), [1])
    assert.deepEqual((await admin('GET', '/institution/proposals?state=refused')).json.proposals.map((p) => p.id), [3, 2])
    assert.equal((await admin('GET', '/institution/proposals?cursor=x')).json.field, 'cursor')
  })

  await t.test('a notice moves dates: each is seen before, and then moved', async () => {
    const filed = (await city.file('complaint', { title: '路灯不亮', body: '请修', channel: 'visit' })).json
    const sealed = (await city.post('/api/v1/public/matters', { kind: 'complaint', protect: true, data: { title: '举报', body: '请查' } })).json
    const due = async (code) => (await city.get(`/api/v1/matters/${code}`)).json.due_at
    const before = await due(filed.code)
    const days = []
    for (let d = 22; d <= 31; d++) days.push([`2026-12-${d}`, true, '元旦'])
    const body = { notice: notice(days), notice_name: '2027.json' }
    const bad = (await admin('POST', '/institution/draft', { notice: '{"year": 2027, "days": 3}', notice_name: '2027.json' })).json
    assert.deepEqual([bad.good, bad.messages.length > 0], [false, true])
    const found = (await admin('POST', '/institution/draft', body)).json
    assert.deepEqual([found.good, found.year, found.moved.total, found.moved.kept, found.moved.more], [true, 2027, 2, 1, false], JSON.stringify(found).slice(0, 500))
    const [m] = found.moved.matters
    assert.deepEqual([m.code, m.unit, m.from], [filed.code, '', before])
    assert.ok(m.to > m.from && m.clock.en, JSON.stringify(m))
    assert.deepEqual(found.moved.units.map((u) => [u.unit, u.matters]), [['', 2]])
    assert.equal(found.moved.matters.some((x) => x.code === sealed.code), false, 'what is kept closer is not listed')
    assert.ok(texts(found, 'calendar').some((x) => x['zh-CN'] === '2026-12-22由工作日改为休息日（元旦）'))
    const less = (await admin('POST', '/institution/draft', { ...body, limit: 1 })).json
    assert.equal(less.moved.matters.length, 1)
    assert.equal(await due(filed.code), before, 'looking moves nothing')

    const made = (await admin('POST', '/institution/proposals', { ...body, reason: '国办通知' })).json
    assert.deepEqual([made.what, made.name], ['notice', '2027'])
    const seen = (await security('GET', `/institution/proposals/${made.id}`)).json
    assert.deepEqual([seen.draft.year, seen.draft.moved.total], [2027, 2])
    const done = (await security('POST', `/institution/proposals/${made.id}/approve`, { reason: '与原文相符', version: seen.draft.base })).json
    assert.deepEqual([done.state, done.moved, done.became], ['approved', 2, 3])
    assert.equal(await due(filed.code), m.to)
    const { timeline } = (await city.get(`/api/v1/matters/${filed.code}`)).json
    assert.equal(timeline.at(-1).move, 'system.moved')
    const year = (await city.get('/api/v1/calendar/2026')).json
    assert.equal(year.days[355].work, false)
  })

  await t.test('the server goes on under the new rules after a restart, and the command line says the same', async () => {
    await city.at('2026-12-22T09:00:00+08:00')
    assert.equal((await city.get('/api/v1/institution')).json.pack.versions, 3)
    await city.halt()
    const diff = run(['pack', 'diff', ...city.place, 'packs/base', '--lang', 'en'])
    assert.equal(diff.status, 0, diff.stderr)
    assert.match(diff.stdout, /no more: folder “ours”/)
    await city.serve('2026-12-22T09:00:00+08:00')
  })
})
