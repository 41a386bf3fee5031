// Items of the catalogue as they are typed: one entry to a line, its parts between |, as in the tables.
import type { Schemas } from '@/shared/api'

export type Content = Schemas['ItemContent']
export interface TypedItem {
  name: string
  type: string
  unit: string
  national: string
  statutory: string
  pledged: string
  basis: string
  conditions: string
  papers: string
  steps: string
  fees: string
  channels: string
  tags: string
}
export const emptyItem = (): TypedItem => ({ name: '', type: 'licence', unit: '', national: '', statutory: '', pledged: '', basis: '', conditions: '', papers: '', steps: '', fees: '', channels: '', tags: '' })

const lines = (s: string) => s.split('\n').map((l) => l.trim()).filter(Boolean)
const parts = (l: string) => l.split('|').map((x) => x.trim())
const joined = (...p: (string | undefined)[]) => {
  while (p.length > 1 && !p[p.length - 1]) p.pop()
  return p.map((x) => x ?? '').join(' | ')
}

export function typedOf(c: Content): TypedItem {
  return {
    name: c.name,
    type: c.type,
    unit: c.unit,
    national: c.national ?? '',
    statutory: c.statutory ?? '',
    pledged: c.pledged ?? '',
    basis: (c.basis ?? []).join('\n'),
    conditions: (c.conditions ?? []).join('\n'),
    papers: (c.papers ?? []).map((p) => joined(p.name, p.copies ? String(p.copies) : '', p.sample)).join('\n'),
    steps: (c.steps ?? []).map((s) => joined((s.beside ? '+' : '') + s.name, s.section, s.post, s.limit)).join('\n'),
    fees: (c.fees ?? []).map((f) => joined(f.name, f.standard, f.basis)).join('\n'),
    channels: (c.channels ?? []).join('\n'),
    tags: (c.tags ?? []).join('\n'),
  }
}

/** What is typed on top of what was: parts without a field here, such as a link, stay. */
export function contentOf(x: TypedItem, was?: Content): Content {
  const { region, group, link } = was ?? {}
  const out: Record<string, unknown> = { region, group, link, name: x.name.trim(), type: x.type, unit: x.unit, national: x.national.trim(), statutory: x.statutory, pledged: x.pledged }
  out.basis = lines(x.basis)
  out.conditions = lines(x.conditions)
  out.channels = lines(x.channels)
  out.tags = lines(x.tags)
  out.papers = lines(x.papers).map((l) => {
    const [name, copies, sample] = parts(l)
    return { name, ...(copies ? { copies: Number(copies) } : {}), ...(sample ? { sample } : {}) }
  })
  out.steps = lines(x.steps).map((l) => {
    const [name = '', section, post, limit] = parts(l)
    const beside = name.startsWith('+')
    return { name: beside ? name.slice(1).trim() : name, ...(section ? { section } : {}), ...(post ? { post } : {}), ...(limit ? { limit } : {}), ...(beside ? { beside } : {}) }
  })
  out.fees = lines(x.fees).map((l) => {
    const [name = '', standard = '', basis = ''] = parts(l)
    return { name, standard, basis }
  })
  for (const [key, v] of Object.entries(out)) if (v === undefined || v === '' || (Array.isArray(v) && !v.length)) delete out[key]
  return out as Content
}
