// SIGTERM under load: what was accepted is finished and answered; nothing else is done.
import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Monitor } from './monitor.mjs'
import { filing, ran, Site } from './site.mjs'

const stops = 6
const clients = 32

// Files until the server is gone. An answer that says "stopping" was not accepted; a connection
// that is refused or closed before a request was read carries nothing.
async function work(site, count) {
  const client = site.client()
  try {
    for (;;) {
      const answer = await filing('停机前').send(client)
      if (answer.status === 503) {
        count.refused++
        break
      }
      assert.equal(answer.status, 201, answer.text)
      count.done.push(JSON.parse(answer.text).code)
    }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error
    count.closed++
  }
  client.close()
}

test('stopped under load, every request that was accepted is answered and there', { timeout: 120000 }, async (t) => {
  const site = new Site().found()
  t.after(() => site.remove())
  const count = { done: [], refused: 0, closed: 0 }
  let monitor
  let longest = 0
  for (let i = 0; i < stops; i++) {
    await site.start()
    const client = site.client()
    monitor ??= new Monitor((await client.get('/log/vkey')).text)
    await monitor.follow(client)
    client.close()
    // Exactly those that were answered: no more, no fewer.
    assert.equal(monitor.moves, count.done.length)
    const all = Array.from({ length: clients }, () => work(site, count))
    await sleep(40 + 45 * i)
    const began = performance.now()
    await site.stop()
    longest = Math.max(longest, performance.now() - began)
    await Promise.all(all)
  }
  await site.start()
  const client = site.client()
  await monitor.follow(client)
  assert.equal(monitor.moves, count.done.length)
  for (const code of count.done) assert.equal(monitor.events.get(`matter/${code}#1`), 'file')
  client.close()
  await site.stop()
  ran(['fsck', '--quiet', ...site.at])
  assert.ok(count.done.length > clients * stops)
  t.diagnostic(`${count.done.length} accepted and answered in ${stops} runs, ${count.refused} told that it stops, ` +
    `${count.closed} connections closed between requests; the longest stop took ${longest.toFixed(0)} ms`)
})
