// The months of this year beside those of the last.
import type { Schemas } from '@/shared/api'

type Group = Schemas['FigureGroup']
export type Side = { received: number | null; inTime: number | null }
export type Pair = { month: number; now: Side; last: Side }

/** Groups by month (keys "2026-10"), up to the month of `today`: a month to come has no value this year. */
export function monthsAgainst(groups: Group[], today: string): Pair[] {
  const by = new Map(groups.map((g) => [g.key ?? '', g]))
  const year = Number(today.slice(0, 4))
  const side = (key: string): Side => {
    const g = by.get(key)
    const share = g?.figures.in_time_share?.value
    return { received: g?.figures.received?.value ?? null, inTime: share == null ? null : Math.round(share / 10) / 10 }
  }
  return Array.from({ length: 12 }, (_, i) => {
    const mm = String(i + 1).padStart(2, '0')
    return { month: i + 1, now: side(`${year}-${mm}`), last: side(`${year - 1}-${mm}`) }
  })
}
