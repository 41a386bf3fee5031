// The fields of moves: how each is asked for, and what is sent of what was typed.
import type { Schemas } from '@/shared/api'
import { zoneOf } from './time'

export type Field = Schemas['KindField']
export type Typed = Record<string, string | string[]>
export type Input = 'unit' | 'units' | 'choice' | 'choices' | 'person' | 'code' | 'number' | 'limit' | 'instant' | 'lines' | 'long' | 'line' | 'level' | 'guard' | 'problems' | 'item' | 'fee' | 'money'

export function inputOf(f: Field): Input {
  if (f.name === 'unit' || f.name === 'about_unit') return 'unit'
  if (f.name === 'item') return 'item'
  if (f.name === 'fee') return 'fee'
  if (f.type === 'money') return 'money'
  if (f.name === 'units') return 'units'
  if (f.name === 'person') return 'person'
  if (f.name === 'lead') return 'code'
  if (f.name === 'guard') return 'guard'
  if (f.name === 'level') return 'level'
  if (f.type === 'problems') return 'problems'
  if (f.name === 'matters') return 'lines'
  if (f.type === 'words') return 'choices'
  if (f.list) return 'choice'
  if (f.type === 'texts') return 'lines'
  if (f.type === 'integer') return 'number'
  if (f.type === 'limit') return 'limit'
  if (f.type === 'instant') return 'instant'
  return f.type === 'text' && f.most >= 400 ? 'long' : 'line'
}

export const isEmpty = (v: string | string[] | undefined) => v === undefined || (Array.isArray(v) ? v.length === 0 : v.trim() === '')

/** What is sent: empty fields are left out. */
export function dataOf(fields: Field[], typed: Typed): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const f of fields) {
    const v = typed[f.name]
    if (v === undefined || isEmpty(v)) continue
    if (Array.isArray(v)) data[f.name] = v
    else if (f.type === 'problems') data[f.name] = JSON.parse(v)
    else if (f.type === 'integer') data[f.name] = Number(v)
    else if (f.type === 'instant') data[f.name] = v.length === 16 ? v + ':00' + zoneOf() : v
    else if (f.type === 'texts' || f.type === 'words')
      data[f.name] = v.split('\n').map((s) => s.trim()).filter(Boolean)
    else data[f.name] = f.type === 'text' ? v : v.trim()
  }
  return data
}

export const missing = (fields: { name: string; required: boolean }[], typed: Typed) =>
  fields.filter((f) => f.required && isEmpty(typed[f.name])).map((f) => f.name)
