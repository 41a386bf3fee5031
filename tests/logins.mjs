// Accounts and API tokens for tests: an officer who holds every role of the base pack, and the system
// administrator. Made on the command line, which may.

import { createHmac } from 'node:crypto'

// Those that reach no further than the unit they are held in.
const OWN = ['handler']
const WIDE = ['desk', 'section_head', 'unit_head', 'organ_head', 'gov_head', 'superior_organ', 'disclosure_head', 'efficacy_office',
  'petition_office', 'review_organ', 'discipline', 'leader', 'privacy_officer']

// The six digits of a second factor (RFC 6238).
export function digits(base32, at) {
  const bits = [...base32].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0')
}

// Without one no role that decides on people is of any use.
export function factor(run, place, name) {
  const { secret } = JSON.parse(run(['factor', 'add', ...place, name, '--json']))
  return JSON.parse(run(['factor', 'confirm', ...place, '--json', name, digits(secret, Date.now())])).recovery_codes
}
export const recovery = new Map() // the codes, by token

// RUN(arguments) runs huiyin and gives what it printed; PLACE are the options that name the city. The
// token of an account that is made with these roles.
export function login(run, place, name, roles) {
  run(['account', 'add', ...place, '--quiet', '--from', '2020-01-01', name, '测试员', ...roles.flatMap((role) => ['--role', role])])
  const codes = factor(run, place, name)
  const { token } = JSON.parse(run(['token', 'add', ...place, '--account', name, '--days', '365', '--json']))
  recovery.set(token, codes)
  return token
}

// UNITS (codes) are there already.
export function logins(run, place, units = []) {
  const there = units.flatMap((unit) => [...WIDE, ...OWN].map((role) => `${role}@${unit}`))
  const one = (name, ...roles) => login(run, place, name, roles)
  return {
    officer: one('officer', ...WIDE, ...there), second: one('second', 'efficacy_office'), admin: one('admin', 'sysadmin'), security: one('security', 'secadmin'),
    audit: one('audit', 'audadmin'), keeper: one('keeper', 'custodian'),
    // Of the city as a whole and of no unit: no complaint is about where this one works.
    overseer: one('overseer', ...WIDE),
  }
}

// Whose token is good for a permission.
const OWNERS = [[/^(unit|post|account)\.write$|^account\.|^setting\.(read|write)$|^metrics\.|^institution\./, 'admin'], [/^setting\.security$|^grant\./, 'security'],
  [/^audit\./, 'audit'], [/^sealed\.(open|keys)$/, 'keeper'], [/^sealed\.name$/, 'security']]
export const ownerOf = (permission = '') => OWNERS.find(([these]) => these.test(permission))?.[1] ?? 'officer'

export const bearer = (token) => (token ? { authorization: `Bearer ${token}` } : {})
