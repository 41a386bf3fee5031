// What was acknowledged is there, whatever happens to the program.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { City } from './city.mjs'

// Files from several clients until the server is gone.  Each filing has its own key.
async function fileUntilGone(city, clients) {
  const filings = []
  const client = async (n) => {
    for (let i = 0; ; i++) {
      const filing = { key: randomUUID(), title: `第 ${n}-${i} 件` }
      filings.push(filing)
      try {
        const answer = await city.file('complaint', { title: filing.title, channel: 'web' }, { headers: { 'idempotency-key': filing.key } })
        if (answer.status === 201) filing.code = answer.json.code
        else if (answer.status === 503) filing.turnedAway = true
        else assert.fail(`${answer.status} ${answer.text}`)
      } catch (e) {
        if (e instanceof assert.AssertionError) throw e
        filing.gone = true // no answer: it may or may not have been done
      }
      if (filing.gone || filing.turnedAway) return
    }
  }
  const all = Promise.all(Array.from({ length: clients }, (_, n) => client(n)))
  return { filings, all }
}

async function everyMatter(city) {
  const out = []
  for (let next = ''; next !== null;) {
    const page = (await city.get(`/api/v1/matters?order=filed&limit=200${next && `&cursor=${next}`}`)).json
    out.push(...page.matters)
    next = page.next
  }
  return out
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL']) {
  test(`${signal} under load loses nothing that was acknowledged`, async (t) => {
    const city = await City.start()
    t.after(() => city.stop())
    const { filings, all } = await fileUntilGone(city, 16)
    while (filings.filter((f) => f.code).length < 100) await new Promise((done) => setTimeout(done, 5))
    const begun = Date.now()
    city.process.kill(signal)
    const end = await city.ended
    await all
    if (signal === 'SIGKILL') assert.equal(end.signal, signal)
    else assert.deepEqual(end, { code: 0, signal: null }, city.log)
    assert.ok(Date.now() - begun < 10000, 'it ends soon')

    await city.serve()
    const matters = new Map((await everyMatter(city)).map((m) => [m.code, m.title]))
    const acknowledged = filings.filter((f) => f.code)
    assert.ok(acknowledged.length >= 100)
    for (const f of acknowledged) assert.equal(matters.get(f.code), f.title)
    // Whoever got no answer asks again under the same key: each is filed exactly once.
    for (const f of filings) {
      const answer = await city.file('complaint', { title: f.title, channel: 'web' }, { headers: { 'idempotency-key': f.key } })
      assert.equal(answer.status, 201, answer.text)
      if (f.code) assert.equal(answer.json.code, f.code)
    }
    const titles = (await everyMatter(city)).map((m) => m.title)
    assert.deepEqual(titles.sort(), filings.map((f) => f.title).sort())
  })
}
