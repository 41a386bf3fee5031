// The days of a trace as months of weeks.
import type { Line } from '@/shared/trace'
import { addDays, weekday } from './time'

export type Cell = { day: string; lines: Line[] }
export type Month = { year: number; month: number; weeks: (Cell | null)[][] }

/** Months from the first to the last day of the trace, weeks from Monday; weeks without a line are left out. */
export function monthsOf(trace: Line[]): Month[] {
  const by = new Map<string, Line[]>()
  for (const line of trace) by.set(line.day, [...(by.get(line.day) ?? []), line])
  const days = [...by.keys()].sort()
  const first = days[0]
  const last = days[days.length - 1]
  if (!first || !last) return []
  const months: Month[] = []
  let day = first.slice(0, 8) + '01'
  while (day <= last && months.length < 24) {
    const month: Month = { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), weeks: [] }
    const name = day.slice(0, 7)
    let week: (Cell | null)[] = Array.from({ length: (weekday(day) + 6) % 7 }, () => null)
    for (; day.slice(0, 7) === name; day = addDays(day, 1)) {
      week.push({ day, lines: by.get(day) ?? [] })
      if (week.length === 7) {
        month.weeks.push(week)
        week = []
      }
    }
    if (week.length) month.weeks.push([...week, ...Array.from({ length: 7 - week.length }, () => null)])
    month.weeks = month.weeks.filter((w) => w.some((c) => c?.lines.length))
    months.push(month)
  }
  return months
}
