// The links of the flow as a matrix of units: the busiest ones, the rest of them together.
import type { Schemas } from '@/shared/api'

export type Link = Schemas['Flow']['links'][number]
export interface Matrix {
  from: { code: string; name: string; sum: number }[]
  to: { code: string; name: string; sum: number }[]
  times: (from: string, to: string) => number
  most: number
  all: number
  left: number // times of the links that are not shown
}

function busiest(links: Link[], end: 'from' | 'to', most: number) {
  const found = new Map<string, { code: string; name: string; sum: number }>()
  for (const l of links) {
    const one = found.get(l[end]) ?? { code: l[end], name: end === 'from' ? l.from_name : l.to_name, sum: 0 }
    one.sum += l.times
    found.set(l[end], one)
  }
  return [...found.values()].sort((a, b) => b.sum - a.sum || (a.code < b.code ? -1 : 1)).slice(0, most)
}

export function matrixOf(links: Link[], most: number): Matrix {
  const from = busiest(links, 'from', most)
  const to = busiest(links, 'to', most)
  const shown = links.filter((l) => from.some((f) => f.code === l.from) && to.some((x) => x.code === l.to))
  const by = new Map(shown.map((l) => [l.from + '\x1f' + l.to, l.times]))
  const all = links.reduce((a, l) => a + l.times, 0)
  return { from, to, times: (f, x) => by.get(f + '\x1f' + x) ?? 0, most: Math.max(1, ...by.values()), all, left: all - shown.reduce((a, l) => a + l.times, 0) }
}
