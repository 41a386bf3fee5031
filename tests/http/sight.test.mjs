// Texts are shown to others only after redaction: names and numbers are planted in every text of matters, and
// every address that answers is asked by somebody who may see the matters, and neither handles nor redacts them.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import { City } from './city.mjs'
import { huiyin, operations, root } from './contract.mjs'

const planted = ['欧阳守密', '13912345678', '李大勇', '东风路12号']

// The city's units are there from today on: what is appraised is the month after.
const month = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 1, 1))
const day = (n) => new Date(month.getTime() + (n - 1) * 86400000).toISOString().slice(0, 10)
const clock = (n) => `${day(n)}T09:00:00+08:00`
const sees = (text) => planted.filter((word) => text.includes(word))

async function found(t) {
  const city = await City.start({ clock: clock(2) })
  t.after(() => city.stop())
  const scopes = (await city.get('/api/v1/permissions')).json.permissions.map((p) => p.id ?? p.permission ?? p.name)
    .filter((p) => /^(matter|supervision|appraise|post)\./.test(p) && !['matter.move', 'matter.redact'].includes(p))
  assert.ok(scopes.includes('matter.read') && scopes.includes('matter.export'))
  await city.halt()
  city.tokens.reader = JSON.parse(execFileSync(huiyin, ['token', 'add', ...city.place, '--account', 'officer', '--json',
    ...scopes.flatMap((s) => ['--scope', s])], { cwd: root, encoding: 'utf8' })).token
  await city.serve(clock(2))
  return city
}

// One whose title the proposal finds, and one whose title a person has reviewed.
async function filed(city) {
  const first = await city.file('complaint', { unit: 'gongan', title: '我叫欧阳守密，电话13912345678，夜间施工', place: '东风路12号',
    body: '我叫欧阳守密，家住东风路12号，电话13912345678', name: '欧阳守密', contact: '13912345678' })
  const second = await city.file('complaint', { unit: 'gongan', title: '邻居李大勇说路灯不亮', body: '李大勇，13912345678' })
  for (const answer of [first, second]) assert.equal(answer.status, 201, answer.text)
  const spans = [{ from: 2, to: 5, kind: 'name' }]
  const reviewed = await city.post(`/api/v1/matters/${second.json.code}/redaction`, { seq: 1, field: 'title', redaction: { spans } })
  assert.equal(reviewed.status, 204, reviewed.text)
  return [first.json.code, second.json.code]
}

const list = (city, q, token) => city.ask('GET', `/api/v1/matters${q === undefined ? '' : `?words=${encodeURIComponent(q)}`}`, { token })
const codesOf = (answer) => answer.json.matters.map((m) => m.code).sort()

test('a word that only stands in what was written finds nothing for somebody who may not read it', async (t) => {
  const city = await found(t)
  const [first, second] = await filed(city)
  const { officer, reader } = city.tokens
  for (const [word, code] of [['欧阳守密', first], ['13912345678', first], ['东风路', first], ['李大勇', second]]) {
    assert.deepEqual(codesOf(await list(city, word, officer)), [code], word)
    assert.deepEqual(codesOf(await list(city, word, reader)), [], word)
    assert.deepEqual(codesOf(await list(city, `路 ${word}`, reader)), [], word)
  }
  // What they read, they find.
  for (const [word, code] of [['夜间施工', first], ['路灯不亮', second], ['〔姓名〕说', second], [first, first]]) {
    assert.deepEqual(codesOf(await list(city, word, reader)), [code], word)
  }
  const titles = Object.fromEntries((await list(city, undefined, reader)).json.matters.map((m) => [m.code, m.title]))
  assert.deepEqual(titles, { [first]: '我叫〔姓名〕，电话〔电话〕，夜间施工', [second]: '邻居〔姓名〕说路灯不亮' })
  assert.equal((await list(city, undefined, officer)).json.matters.find((m) => m.code === second).title, '邻居李大勇说路灯不亮')
})

test('every address answers somebody without the right with redacted texts', async (t) => {
  const city = await found(t)
  const { officer, reader } = city.tokens
  const [first, second] = await filed(city)
  await city.made(first, 'note', 'desk', { text: '欧阳守密来电，13912345678' })
  await city.at(clock(5))
  await city.made(first, 'reply', 'handler', { text: '已与李大勇（13912345678）说明' })
  await city.at(clock(51))
  await city.made(second, 'reply', 'handler', { text: '已告知李大勇' })
  const round = await city.post('/api/v1/rounds', { scheme: 'conduct', from: day(1) })
  assert.equal(round.status, 201, round.text)
  const frozen = await city.post(`/api/v1/rounds/${round.json.round.code}/freeze`, {})
  assert.equal(frozen.status, 200, frozen.text)
  const { figures } = (await city.get('/api/v1/supervision/figures')).json
  const fillings = {
    code: [first, second], n: [1], round: [round.json.round.code], unit: ['gongan'],
    figure: figures.filter((f) => f.unit === 'matters').map((f) => f.id), year: [2026], list: ['channels'], name: ['attach.clamd'],
  }
  const addresses = (address) => {
    const hole = address.match(/\{(\w+)\}/)
    return hole ? (fillings[hole[1]] ?? [1]).flatMap((v) => addresses(address.replace(hole[0], v))) : [address]
  }
  const asked = operations.filter((o) => o.method === 'GET' && o.op['x-permission'] !== 'public').flatMap((o) => addresses(o.address))
  asked.push('/api/v1/matters?order=filed', '/api/v1/matters?unit=gongan', `/api/v1/supervision?by=unit&from=${day(1)}&to=${day(28)}`)
  const told = new Set()
  let answered = 0
  for (const address of asked) {
    if (sees((await city.ask('GET', address, { token: officer })).text).length) told.add(address)
    const answer = await city.ask('GET', address, { token: reader })
    answered += answer.status === 200
    assert.deepEqual(sees(answer.text), [], address)
  }
  // It is no test of nothing: whoever handles the matters reads the words at each of these.
  for (const must of [`/api/v1/matters/${first}`, '/api/v1/matters', '/api/v1/supervision/figures/received/matters',
    `/api/v1/matters/${second}/redaction`, `/api/v1/rounds/${round.json.round.code}/units/gongan`]) assert.ok(told.has(must), must)
  assert.ok(answered > 20, `${answered} answers`)

  // Trying a move out, and moving, are for whoever handles it.
  for (const way of ['moves', 'moves/preview']) {
    const answer = await city.ask('POST', `/api/v1/matters/${second}/${way}`, { token: reader, body: { move: 'note', data: { text: 'x' } }, headers: { 'if-match': '*' } })
    assert.deepEqual([answer.status, sees(answer.text)], [403, []])
  }
})

test('lists that a command writes into a file are redacted, unless it is told otherwise, which is recorded', async (t) => {
  const city = await found(t)
  await filed(city)
  await city.halt()
  const command = (...args) => execFileSync(huiyin, [...args.slice(0, 2), ...city.place, ...args.slice(2)], { cwd: root, encoding: 'utf8' })
  const open = ['report', 'supervision', '--open', 'received']
  const kept = command(...open, '--csv')
  assert.deepEqual(sees(kept), [])
  assert.match(kept, /我叫〔姓名〕，电话〔电话〕，夜间施工/)
  assert.deepEqual(sees(command(...open, '--csv', '--unredacted')), ['欧阳守密', '13912345678', '李大勇'])
  assert.deepEqual(sees(command(...open)), ['欧阳守密', '13912345678', '李大勇'], 'on the screen of this machine')
  const acts = JSON.parse(command('audit', 'list', '--act', 'export', '--json'))
  assert.deepEqual(acts.slice(0, 2).map((a) => a.subject), ['supervision/matters/unredacted', 'supervision/matters'])
  assert.throws(() => command('report', 'supervision', '--csv', '--unredacted'), /goes with --open/)
  await city.serve(clock(2))
})
