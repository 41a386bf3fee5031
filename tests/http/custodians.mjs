// Two custodians of a test city, with their own machines: the program's offline commands.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { login } from '../logins.mjs'
import { huiyin, root } from './contract.mjs'

const run = (...args) => execFileSync(huiyin, args, { cwd: root, encoding: 'utf8' })

// Makes keys for groups a and b (custodians 1 and 2) of CITY, with an account for each, which is served again
// afterwards. `token` has their tokens by group.
export async function custodians(city) {
  const dir = path.join(city.dir, 'custodians')
  mkdirSync(dir)
  const keys = {}
  const token = {}
  await city.halt()
  for (const group of ['a', 'b']) {
    const phrase = path.join(dir, `${group}.pass`)
    writeFileSync(phrase, `${group} 保管人的一句十二字口令\n`)
    keys[group] = ['--key', path.join(dir, `${group}.key`), '--passphrase-file', phrase]
    const line = run('custodian', 'keygen', '--quiet', '--out', path.join(dir, `${group}.key`), '--passphrase-file', phrase)
    token[group] = login((args) => run(...args), city.place, `keeper.${group}`, ['custodian'])
    const { id } = JSON.parse(run('account', 'show', ...city.place, '--json', `keeper.${group}`)).account
    run('custodian', 'add', ...city.place, '--group', group, '--label', `保管人${group}`, '--account', `${id}`, line.trim())
  }
  await city.serve()
  const file = (text) => {
    const name = path.join(dir, 'packet.json')
    writeFileSync(name, text)
    return name
  }
  return {
    token,
    consent: (group, packet) => JSON.parse(run('custodian', 'consent', '--quiet', ...keys[group], file(packet))),
    open: (group, packet) => JSON.parse(run('custodian', 'open', '--json', ...keys[group], file(packet))),
    openRefused: (group, packet) => {
      try {
        run('custodian', 'open', '--json', ...keys[group], file(packet))
      } catch (failed) {
        return JSON.parse(failed.stderr || failed.stdout)
      }
      throw new Error('it opened')
    },
  }
}
