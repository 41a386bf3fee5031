import { expect, test } from 'vitest'
import type { Line } from '@/shared/trace'
import { monthsOf } from './trace'

const line = (day: string, what: Line['what'], more: Partial<Line> = {}): Line => ({ day, weekday: 0, what, work: true, by: 'week', ...more })

test('months hold only the weeks in which something stands, from Monday', () => {
  // 30 January 2026 is a Friday, 2 February a Monday.
  const months = monthsOf([line('2026-01-30', 'start'), line('2026-02-02', 'counted', { count: 1 }), line('2026-02-03', 'due')])
  expect(months.map((m) => [m.year, m.month, m.weeks.length])).toEqual([
    [2026, 1, 1],
    [2026, 2, 1],
  ])
  expect(months[0]?.weeks[0]?.map((c) => c?.day.slice(8) ?? '')).toEqual(['26', '27', '28', '29', '30', '31', ''])
  expect(months[1]?.weeks[0]?.[0]?.day).toBe('2026-02-02')
})

test('no trace, no months', () => expect(monthsOf([])).toEqual([]))
