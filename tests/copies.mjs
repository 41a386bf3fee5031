// Cities as they stand when a test begins. Making one takes some thirty commands, so each kind is made once, by the real
// program, and copied. A city on PostgreSQL is made each time: it is no folder.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { recovery } from './logins.mjs'

// HY_TEST_CITIES: a folder that ./test makes for one run of all; else one for this file of tests.
let shelf = process.env.HY_TEST_CITIES
function shelfOf() {
  if (shelf) return shelf
  const own = mkdtempSync(path.join(tmpdir(), 'huiyin-cities-'))
  process.on('exit', () => rmSync(own, { recursive: true, force: true }))
  return (shelf = own)
}

// A city in DIR/data. WHAT (JSON) says all that MAKE(dir) goes by to make it there, but for the program HUIYIN; given
// back is what MAKE gave (JSON), with "tokens" of accounts among it or not.
export function copyOf(what, dir, huiyin, make) {
  if (process.env.HY_TEST_STORE) return make(dir)
  const place = path.join(shelfOf(), createHash('sha256').update(JSON.stringify([huiyin, what])).digest('hex').slice(0, 24))
  if (!existsSync(place)) {
    const draft = mkdtempSync(`${place}-`)
    const facts = make(draft) ?? {}
    const codes = Object.values(facts.tokens ?? {}).map((token) => [token, recovery.get(token)])
    writeFileSync(path.join(draft, 'facts.json'), JSON.stringify({ facts, codes }))
    try {
      renameSync(draft, place)
    } catch { // somebody else was first
      rmSync(draft, { recursive: true })
    }
  }
  const { facts, codes } = JSON.parse(readFileSync(path.join(place, 'facts.json'), 'utf8'))
  for (const [token, these] of codes) recovery.set(token, these)
  cpSync(path.join(place, 'data'), path.join(dir, 'data'), { recursive: true })
  return facts
}
