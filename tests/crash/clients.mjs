// Clients that file, answer and rate at full speed, what they know, and what must then be true.
// HY_CRASH_SEED: repeats the same choices.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { filing, next } from './site.mjs'

export const seed = Number(process.env.HY_CRASH_SEED ?? process.pid)

let state = seed >>> 0 // mulberry32
export function random() {
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), state | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
export const pick = (list) => list[Math.floor(random() * list.length)]

// What the clients know. A step is { change, move, code, seq, answer }.
export class Knowledge {
  open = [] // last acknowledged steps of matters that can go on
  acknowledged = []
  uncertain = []

  begin() {
    if (this.open.length && random() < 0.5) {
      const [before] = this.open.splice(Math.floor(random() * this.open.length), 1)
      return { change: next[before.move](before.code, before.answer.headers.etag, before.secret), secret: before.secret,
        move: before.move === 'file' ? 'reply' : 'rate', code: before.code, seq: before.seq + 1 }
    }
    return { change: filing(`第 ${this.acknowledged.length} 件`), move: 'file', seq: 1 }
  }

  done(step, answer) {
    assert.ok(answer.status === 201 || answer.status === 200, `${step.move}: ${answer.status} ${answer.text}`)
    step.answer = answer
    if (step.move === 'file') ({ code: step.code, secret: step.secret } = JSON.parse(answer.text))
    this.acknowledged.push(step)
    if (next[step.move]) this.open.push(step)
  }
}

export async function work(site, known, life) {
  const client = site.client()
  while (!life.over) {
    const step = known.begin()
    try {
      const answer = await step.change.send(client)
      if (answer.status >= 500) { // the store is gone under the server
        known.uncertain.push(step)
        await sleep(20)
      } else {
        known.done(step, answer)
      }
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      known.uncertain.push(step)
      break
    }
  }
  client.close()
}

// Keeps the greatest checkpoint somebody outside has seen.
export async function watch(site, monitor, life) {
  const client = site.client()
  while (!life.over) {
    try {
      const { status, text } = await client.get('/log/checkpoint')
      if (status === 200) monitor.saw(text)
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      break
    }
    await sleep(5)
  }
  client.close()
}

// What is in the log is what was acknowledged, each once, in the order of its matter.
export function compare(monitor, known, fresh) {
  for (const step of fresh) {
    assert.equal(monitor.events.get(`matter/${step.code}#${step.seq}`), step.move, `${step.move} of ${step.code}`)
  }
  assert.equal(monitor.moves, known.acknowledged.length, 'as many events of matters as acknowledged changes')
}

export async function same(client, step) {
  const again = await step.change.send(client)
  assert.equal(again.status, step.answer.status)
  assert.equal(again.headers['idempotent-replayed'], 'true', `${step.move} of ${step.code} was repeated`)
  assert.equal(again.headers.etag, step.answer.headers.etag)
  assert.ok(again.bytes.equals(step.answer.bytes), `${step.move} of ${step.code}: the same answer`)
}

export async function shows(client, step) {
  const { status, text } = await client.get(`/api/v1/matters/${step.code}`)
  assert.equal(status, 200, text)
  const line = JSON.parse(text).timeline.find((event) => event.seq === step.seq)
  assert.equal(line?.move, step.move)
}

// Repeated until there is an answer that says something.
export async function settle(client, step) {
  for (const late = performance.now() + 20000; ;) {
    const answer = await step.change.send(client)
    if (answer.status < 500) return answer
    assert.ok(performance.now() < late, answer.text)
    await sleep(100) // a server that could not reach the store says so for a second; a code may be tried 20 times a minute
  }
}
